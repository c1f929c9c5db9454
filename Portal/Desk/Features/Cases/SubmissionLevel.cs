using System.Globalization;
using Yinxin.Desk.Features.Matters;
using Yinxin.Identity.Client.Assurance;

namespace Yinxin.Desk.Features.Cases;

/// <summary>What submitting needs. Whoever submits applies and confirms in one act, so the higher of the two levels counts.</summary>
/// <param name="SignIn">What the sign-in has to reach.</param>
/// <param name="InPerson">Whether the applicant confirms in person beside it (<see cref="SubmissionPresence"/>).</param>
internal sealed record SubmissionLevel(AssuranceLevel SignIn, bool InPerson)
{
    /// <summary>The field of a form that <c>confirmRule</c> speaks of.</summary>
    public const string AmountField = "amount";

    /// <summary>
    /// What taking the application back needs of the sign-in: no less than handing it in. Presence is not shown a second time, for nothing is confirmed any more; what goes with it
    /// is the most that a sign-in can show, since whatever is reserved to Advanced is above a mandate and above a password alone (identity §1).
    /// </summary>
    public AssuranceLevel Withdrawal => InPerson && SignIn < AssuranceLevel.Intermediate ? AssuranceLevel.Intermediate : SignIn;

    /// <summary>What handing it in needs of an agent's session: whatever is reserved to Advanced is above a mandate too, and an agent's presence does not lift it.</summary>
    public AssuranceLevel OfAgent => Withdrawal;

    /// <param name="matter">What is applied for.</param>
    /// <param name="form">As it was checked: what an amount asks for is known with it only.</param>
    public static SubmissionLevel Of(Matter matter, IReadOnlyDictionary<string, string> form)
    {
        var apply = Read(matter.RequiredAssurance.GetValueOrDefault("apply"));
        var confirm = Read(matter.RequiredAssurance.GetValueOrDefault("confirm"));
        if (confirm >= AssuranceLevel.Advanced && IsBelowThreshold(matter, form))
        {
            confirm = Read(matter.ConfirmRule?.Below);
        }

        // Advanced belongs to this one act and is no level of a sign-in.
        return confirm >= AssuranceLevel.Advanced ? new(apply, InPerson: true) : new(confirm > apply ? confirm : apply, InPerson: false);
    }

    private static bool IsBelowThreshold(Matter matter, IReadOnlyDictionary<string, string> form) =>
        Amount(matter.ConfirmRule?.AdvancedFromAmount) is { } threshold && Amount(form.GetValueOrDefault(AmountField)) is { } asked && asked < threshold;

    /// <summary>A word that is none asks for as much as a sign-in can show.</summary>
    private static AssuranceLevel Read(string? level) => level is null ? AssuranceLevel.Primary : Enum.TryParse<AssuranceLevel>(level, out var known) ? known : AssuranceLevel.Intermediate;

    private static decimal? Amount(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? amount : null;
}
