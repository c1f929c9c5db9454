namespace Yinxin.Identity.Server.Features.Handover;

/// <summary>What a page at the computer shows while the phone is at it, drawn by <c>_Code.cshtml</c>: its script asks, and sends the form when the phone has finished.</summary>
/// <param name="Picture">The QR code, as an address that holds it.</param>
/// <param name="Description">What the picture is, for whoever does not see it.</param>
/// <param name="Number">To be chosen on the phone.</param>
/// <param name="Steps">What there is to do after the scan.</param>
/// <param name="State">What the script asks.</param>
/// <param name="Refused">Said when the phone has refused.</param>
/// <param name="Renewal">The page with a new code.</param>
/// <param name="Fields">What the form sends.</param>
internal sealed record CodeToShow(
    string? Picture, string Description, int Number, IReadOnlyList<string> Steps, string State, string Refused, string Renewal, IReadOnlyList<(string Name, string? Value)> Fields);
