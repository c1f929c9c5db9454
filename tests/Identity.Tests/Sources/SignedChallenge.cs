using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Suites;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>How a representative proves the organisation by its certificate: the challenge that the page gives out, its signature, the upload.</summary>
internal static partial class SignedChallenge
{
    /// <returns>The page with the challenge, and the challenge as the file holds it.</returns>
    public static async Task<(string Address, string Text)> BeginAsync(Applicant representative, Guid organisation)
    {
        var page = $"/account/organisations/certificate?Organisation={organisation}&ReturnUrl=/account/organisations";
        var html = await (await representative.Browser.GetAsync(page)).Content.ReadAsStringAsync();
        var begun = await representative.Browser.SubmitAsync("/account/organisations/certificate?handler=Begin", html);
        var address = begun.Headers.Location?.OriginalString ?? throw new InvalidOperationException(await Applicant.TextAsync(begun));
        var file = FileLink().Match(await representative.ReadAsync(address)).Groups["link"].Value;
        return (address, await (await representative.Browser.GetAsync(file)).Content.ReadAsStringAsync());
    }

    public static byte[] Sign((SoftwareSigner Key, X509Certificate Certificate) signer, string text) => CmsSignatures.CreateDetached(
        signer.Key, [signer.Certificate], signer.Key.Algorithm.ContentHash().Hash(Encoding.UTF8.GetBytes(text)));

    public static Task<HttpResponseMessage> UploadAsync(Applicant representative, string address, byte[] signature) =>
        representative.FillAsync(address, ("Signature", Convert.ToBase64String(signature)));

    /// <summary>The whole way, to level intermediate.</summary>
    public static async Task ProveAsync(Applicant representative, Guid organisation, (SoftwareSigner Key, X509Certificate Certificate) signer)
    {
        var (address, text) = await BeginAsync(representative, organisation);
        Assert.Equal(HttpStatusCode.Found, (await UploadAsync(representative, address, Sign(signer, text))).StatusCode);
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
    }

    [GeneratedRegex("href=\"(?<link>/account/organisations/certificate\\?handler=File[^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex FileLink();
}
