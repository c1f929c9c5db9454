namespace Yinxin.Identity.Server.Features.Raising.Ways;

/// <summary>The ways that raise somebody, for the pages that list them.</summary>
/// <param name="Subject">Whom they raise.</param>
/// <param name="Ways">Each with whether its source is connected now.</param>
/// <param name="ReturnUrl">Where each of them comes back to.</param>
internal sealed record RaisingWaysToShow(StepUpSubject.Subject Subject, IReadOnlyList<(RaisingWay Way, bool Open)> Ways, string ReturnUrl);
