using Yinxin.Desk.Data;

namespace Yinxin.Desk.Features.Cases;

/// <summary>A case as the APIs answer it.</summary>
internal static class CaseView
{
    /// <param name="c">The case.</param>
    /// <param name="sight">What the reader is shown of it.</param>
    /// <param name="events">The progress; none in a list.</param>
    /// <param name="application">Form and materials, which the query code stands beside; null where they are not shown.</param>
    /// <param name="mayWithdraw">Whether the reader may take the application back.</param>
    public static object Of(CaseRecord c, CaseSight sight, IEnumerable<CaseEvent> events, Application? application = null, bool mayWithdraw = false) => new
    {
        c.CaseNumber,
        queryCode = sight.QueryCode && application is not null ? c.QueryCode : null,
        c.ImplementationCode,
        c.MatterName,
        c.MatterNameEn,
        body = c.BodyName,
        c.State,
        c.SubmittedAt,
        c.AcceptedAt,
        c.PromisedDue,
        c.StatutoryDue,
        applicant = c.ApplicantMasked,
        fee = c.FeeFen,
        billNumber = sight.Bill ? c.BillNumber : null,
        payUrl = sight.Bill && c.State == nameof(CaseState.AwaitingPayment) ? c.PayUrl : null,
        licenseIdentifier = sight.Result ? c.LicenseIdentifier : null,
        verifyUrl = sight.Result ? c.VerifyUrl : null,
        form = application?.Form,
        materials = application?.Materials,
        mayWithdraw,
        events = events.Select(e => new
        {
            e.Act,
            state = e.ToState,
            by = IsApplicants(e) ? c.ApplicantMasked : c.BodyName,
            agent = sight.Agents ? AgentOf(c, e) : null,
            opinion = sight.Opinions ? e.Opinion : "",
            e.At,
        }),
    };

    /// <summary>The masked name of the agent who took a step of the applicant's; null where it was the person or the legal representative, whose name the case bears.</summary>
    public static string? AgentOf(CaseRecord c, CaseEvent e) => c.Organisation is not null && IsApplicants(e) && e.ActorName != c.ApplicantMasked ? e.ActorName : null;

    private static bool IsApplicants(CaseEvent e) => e.Act is "Submit" or nameof(CaseAct.Withdraw);

    /// <param name="Form">As it was submitted.</param>
    /// <param name="Materials">Keys, names and sizes of the files.</param>
    internal sealed record Application(IReadOnlyDictionary<string, string> Form, object Materials);
}
