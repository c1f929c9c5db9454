using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Organisations.Raising;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Organisations.Certificates;

/// <summary>Makes the challenge, hands it out as a file, takes the signature back.</summary>
[Authorize]
internal sealed class CertificateModel(IdentityContext database, CertificateProof proof, AttemptBudget budget, SessionStore sessions, ITexts texts) : RepresentedPage(database, sessions)
{
    private const int PerOrganisationAndHour = 10;

    private static readonly Problem TooMany = new(
        "identity.certificate.tooMany", 429, "尝试次数过多，请一小时后再试，或换一种方式。", "Too many tries. Please try again in an hour, or choose another way.");

    [BindProperty(SupportsGet = true)]
    public string? ChallengeId { get; set; }

    [BindProperty]
    public IFormFile? SignatureFile { get; set; }

    [BindProperty]
    public string? Signature { get; set; }

    /// <summary>The challenge that waits for its signature; null before one is made and after it was used.</summary>
    public OutsideStep? Step { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        await RepresentativeAsync(cancellationToken);
        Step = await proof.FindAsync(Represented, User.SessionId()!.Value, ChallengeId, cancellationToken);
    }

    public async Task<IActionResult> OnGetFileAsync(CancellationToken cancellationToken)
    {
        await RepresentativeAsync(cancellationToken);
        return await proof.FindAsync(Represented, User.SessionId()!.Value, ChallengeId, cancellationToken) is { } step
            ? File(Encoding.UTF8.GetBytes(step.Challenge), "text/plain; charset=utf-8", "challenge.txt") : NotFound();
    }

    public async Task<IActionResult> OnPostBeginAsync(CancellationToken cancellationToken)
    {
        await RepresentativeAsync(cancellationToken);
        if (!budget.TryTake("certificate:" + Represented.Id, PerOrganisationAndHour))
        {
            return Refuse("", TooMany);
        }

        var step = await proof.BeginAsync(Represented, User.SessionId()!.Value, ReturnUrl, cancellationToken);
        return Redirect($"/account/organisations/certificate?Organisation={Organisation}&ChallengeId={step.Id:N}&ReturnUrl={Uri.EscapeDataString(ReturnUrl ?? "")}");
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var person = await RepresentativeAsync(cancellationToken);
        if (await ReadAsync(cancellationToken) is not { Length: > 0 } signature)
        {
            Step = await proof.FindAsync(Represented, User.SessionId()!.Value, ChallengeId, cancellationToken);
            ModelState.AddModelError(nameof(Signature), texts.Of("请上传或粘贴签名，不超过 32 KB", "Please upload or paste the signature, at most 32 kB"));
            return Refuse(StatusCodes.Status422UnprocessableEntity);
        }

        try
        {
            await proof.ProveAsync(Represented, person.Id, User.SessionId()!.Value, ChallengeId, signature, cancellationToken);
        }
        catch (ProblemException e)
        {
            Step = await proof.FindAsync(Represented, User.SessionId()!.Value, ChallengeId, cancellationToken);
            ModelState.Remove(nameof(Signature));
            return Refuse(nameof(Signature), e.Problem);
        }

        return await RaisedAsync(ReturnUrl, cancellationToken);
    }

    /// <returns>The DER; null when there is nothing, too much, or no Base64.</returns>
    private async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        if (SignatureFile is { Length: > 0 } file)
        {
            if (file.Length > CertificateProof.LargestSignature * 2)
            {
                return null;
            }

            using var memory = new MemoryStream();
            await file.CopyToAsync(memory, cancellationToken);
            return Limited(memory.ToArray() is [(byte)'-', ..] pem ? FromText(Encoding.ASCII.GetString(pem)) : memory.ToArray());
        }

        return Limited(FromText(Signature));
    }

    private static byte[]? Limited(byte[]? bytes) => bytes?.Length <= CertificateProof.LargestSignature ? bytes : null;

    private static byte[]? FromText(string? text)
    {
        var lines = (text ?? "").Split('\n', StringSplitOptions.TrimEntries).Where(l => !l.StartsWith("-----", StringComparison.Ordinal));
        try
        {
            return Convert.FromBase64String(string.Concat(lines));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
