using Microsoft.EntityFrameworkCore;
using Yinxin.Payment.Data;
using Yinxin.Payment.Features.Notices;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Payment.Features.Channel;

/// <summary>The channel's word that money came, from its signed callback or in answer to our question.</summary>
internal sealed record PaidNotice(string MerchantOrder, string? OrderNumber, string TransactionNumber, long AmountFen, DateTimeOffset? PaidAt);

/// <summary>What a notice of payment led to.</summary>
internal enum SettlementOutcome
{
    Paid, AlreadyPaid, PaidTwice, Late, UnknownBill, WrongAmount,
}

/// <summary>
/// The only place that makes a bill paid. A repetition changes nothing; money that fits no open bill becomes an exception for a person
/// to look at, once for each transaction, and is never refunded by itself.
/// </summary>
internal sealed class Settlement(PaymentContext database, IAuditTrail audit, TimeProvider time)
{
    /// <summary>The channel's answer to a question settles the bill as its callback would, if money came.</summary>
    public async Task SettleAsync(ChannelAnswer answer, CancellationToken cancellationToken)
    {
        if (answer is { State: "paid", TransactionNumber: { } transaction })
        {
            await SettleAsync(new PaidNotice(answer.MerchantOrder, answer.OrderNumber, transaction, (long)(answer.Amount * 100), answer.PaidAt), cancellationToken);
        }
    }

    public async Task<SettlementOutcome> SettleAsync(PaidNotice notice, CancellationToken cancellationToken)
    {
        var number = MerchantOrder.BillNumber(notice.MerchantOrder);
        var bill = await database.Bills.SingleOrDefaultAsync(b => b.BillNumber == number, cancellationToken);
        var outcome = Judge(bill, notice);
        if (outcome == SettlementOutcome.AlreadyPaid)
        {
            return outcome;
        }

        if (outcome != SettlementOutcome.Paid)
        {
            await PutAsideAsync(outcome, number, notice, cancellationToken);
            return outcome;
        }

        var now = time.GetUtcNow();
        bill!.State = "Paid";
        bill.PaidAt = notice.PaidAt ?? now;
        bill.ChannelOrder = notice.OrderNumber;
        bill.TransactionNumber = notice.TransactionNumber;
        bill.Version++;
        // A bill that was renewed takes the money that had come too late for it.
        database.Exceptions.RemoveRange(await database.Exceptions
            .Where(e => e.Kind == nameof(SettlementOutcome.Late) && e.TransactionNumber == notice.TransactionNumber).ToListAsync(cancellationToken));
        database.Add(DeskNotice.For(bill, now));
        audit.Add(new AuditEntry("bill.paid", bill.BillNumber, "channel", Details: new { notice.TransactionNumber }));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            return outcome;
        }
        catch (DbUpdateException e) when (e is DbUpdateConcurrencyException || e.IsUniqueViolation())
        {
            // Callback and question, or two callbacks, in the same moment: the other one has settled it, or a second payment shows now.
            database.ChangeTracker.Clear();
            return await SettleAsync(notice, cancellationToken);
        }
    }

    /// <summary>What counts is when the payer paid, not when the word of it arrived.</summary>
    private SettlementOutcome Judge(BillRecord? bill, PaidNotice notice) => bill switch
    {
        null => SettlementOutcome.UnknownBill,
        _ when notice.AmountFen != bill.TotalFen => SettlementOutcome.WrongAmount,
        { State: "Paid" } => bill.TransactionNumber == notice.TransactionNumber ? SettlementOutcome.AlreadyPaid : SettlementOutcome.PaidTwice,
        { State: "Cancelled" } => SettlementOutcome.Late,
        _ when (notice.PaidAt ?? time.GetUtcNow()) > bill.ValidUntil => SettlementOutcome.Late,
        _ => SettlementOutcome.Paid,
    };

    private async Task PutAsideAsync(SettlementOutcome outcome, string billNumber, PaidNotice notice, CancellationToken cancellationToken)
    {
        var kind = outcome.ToString();
        if (!await database.Exceptions.AnyAsync(e => e.Kind == kind && e.TransactionNumber == notice.TransactionNumber, cancellationToken))
        {
            database.Exceptions.Add(new PaymentException
            {
                Id = Guid.CreateVersion7(time.GetUtcNow()),
                Kind = kind,
                BillNumber = billNumber,
                ChannelOrder = notice.OrderNumber,
                TransactionNumber = notice.TransactionNumber,
                AmountFen = notice.AmountFen,
                At = time.GetUtcNow(),
            });
            audit.Add(new AuditEntry("payment.putAside", billNumber, "channel", Details: new { kind, notice.TransactionNumber, notice.AmountFen }));
            await database.SaveChangesAsync(cancellationToken);
        }
    }
}
