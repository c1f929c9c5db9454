using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Client.Mandates;
using Yinxin.Identity.Client.SignIn;
using Yinxin.Payment.Data;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.Payment.Pages;

/// <summary>A page of the payer: the person, or who acts for the organisation, an agent within his mandate. Another's bill does not exist.</summary>
[RequirePower(ActingPower.Pay)]
internal abstract class PayersPage(PaymentContext database) : PageModel
{
    protected PaymentContext Database { get; } = database;

    protected IQueryable<BillRecord> Own()
    {
        var user = User.RequireSignedInUser();
        var uscc = user.ActingFor?.Organisation.Uscc;
        return uscc is null ? Database.Bills.Where(b => b.PayerSubject == user.Subject && b.PayerOrganisation == null) : Database.Bills.Where(b => b.PayerOrganisation == uscc);
    }

    /// <summary>As far as the mandate reaches: a case number begins with the matter's code.</summary>
    protected IQueryable<BillRecord> OwnWithin()
    {
        var scope = User.Scope();
        var matters = scope?.Matters ?? [];
        return scope?.Reach switch
        {
            null or "all" => Own(),
            "categories" => Own().Where(b => b.CaseNumber.Length > MatterCode.Length && matters.Contains(b.CaseNumber.Substring(MatterCode.TypeAt, 2))),
            "matters" => Own().Where(b => b.CaseNumber.Length > MatterCode.Length && matters.Contains(b.CaseNumber.Substring(0, MatterCode.Length))),
            _ => Own().Where(b => false),
        };
    }

    protected async Task<BillRecord?> FindAsync(string number)
    {
        var bill = await Own().SingleOrDefaultAsync(b => b.BillNumber == number, HttpContext.RequestAborted);
        if (bill is not null)
        {
            User.DemandMatter(MatterCode.OfCase(bill.CaseNumber));
        }

        return bill;
    }
}
