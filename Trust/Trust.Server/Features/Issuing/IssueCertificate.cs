using System.Diagnostics;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Features.Authorities;

namespace Yinxin.Trust.Server.Features.Issuing;

/// <summary>POST /api/certificates: a certificate for a PKCS#10 request, by a profile.</summary>
internal static class IssueCertificate
{
    private static readonly Problem UnknownProfile = new("trust.profile.unknown", 422, "没有该证书模板。", "There is no such certificate profile.");

    public static void Map(WebApplication app) => app.MapPost("/api/certificates", HandleAsync).RequireAuthorization(ApiTokens.Scope("trust.certify"));

    private static async Task<IResult> HandleAsync(
        Request request, HttpContext http, AuthorityStore authorities, CertificateSigning signing, IssuanceBatch batch, CancellationToken cancellationToken)
    {
        var profile = CertificateProfile.All.GetValueOrDefault(request.Profile ?? "") is { Requestable: true } known ? known : throw UnknownProfile.Exception();
        var asked = RequestJudgement.Read(request.Csr);
        var order = RequestJudgement.Order(asked, profile, Caller.Of(http));
        var authority = authorities.AuthorityOf(profile, asked);
        var signed = signing.SignJudged(authority, order);
        var origin = (http.Connection.RemoteIpAddress?.ToString(), Activity.Current?.TraceId.ToString());
        await batch.StoreAsync(signed with { Audit = signed.Audit with { Origin = origin } }, cancellationToken);
        return Results.Created($"/api/certificates/{authority.Name}/{signed.Record.Serial}", Answer.Of(signed.Record.Certificate, authority, authorities));
    }

    /// <param name="Csr">Base64 DER PKCS#10.</param>
    /// <param name="Profile">Name of a profile.</param>
    internal sealed record Request(string? Csr, string? Profile);

    /// <param name="Certificate">Base64 DER.</param>
    /// <param name="Chain">Issuing CA, then root.</param>
    internal sealed record Answer(string Certificate, IReadOnlyList<string> Chain)
    {
        public static Answer Of(byte[] certificate, Authority authority, AuthorityStore authorities) => new(
            Convert.ToBase64String(certificate),
            [Convert.ToBase64String(authority.Certificate.GetEncoded()), Convert.ToBase64String(authorities["root", authority.Suite].Certificate.GetEncoded())]);
    }
}
