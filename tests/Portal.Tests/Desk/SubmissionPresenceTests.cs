using System.Security.Claims;
using System.Text.Json;
using Xunit;
using Yinxin.Desk.Features.Cases;
using Yinxin.Desk.Features.Matters;
using Yinxin.Identity.Client.Presence;
using DeskApplicant = Yinxin.Desk.Features.Applicants.Applicant;

namespace Yinxin.Portal.Tests.Desk;

/// <summary>What an application asks to be confirmed around midnight, where its name changes with the day.</summary>
public sealed class SubmissionPresenceTests
{
    private static readonly DateTimeOffset Late = new(2026, 3, 1, 23, 58, 0, TimeSpan.FromHours(8));

    private static readonly Matter Confirmed = new()
    {
        Name = "样例事项",
        NameEn = "Sample matter",
        ImplementationCode = "12349900MB000002783002099004000",
        RequiredAssurance = new Dictionary<string, string>(StringComparer.Ordinal) { ["confirm"] = "Advanced" },
    };

    [Fact]
    public void What_was_confirmed_before_midnight_counts_after_it_while_the_proof_lasts_and_for_this_content_only()
    {
        var nobody = new ClaimsPrincipal();
        var asked = For(nobody, Late);
        var holder = Holding(asked, Late.AddMinutes(5));
        Assert.Equal(asked, For(holder, Late.AddMinutes(4)));
        Assert.NotEqual(asked.Transaction, For(nobody, Late.AddMinutes(4)).Transaction);
        Assert.NotEqual(asked.Transaction, For(holder, Late.AddMinutes(4), "样例市样例路2号").Transaction);
        Assert.NotEqual(asked.Transaction, For(holder, Late.AddMinutes(6)).Transaction);
        Assert.NotEqual(asked.Transaction, For(Holding(asked, Late.AddDays(9)), Late.AddDays(2)).Transaction);
    }

    private static PresenceRequest For(ClaimsPrincipal user, DateTimeOffset now, string home = "样例市样例路1号") => SubmissionPresence.For(
        Confirmed, new Dictionary<string, string>(StringComparer.Ordinal) { ["home"] = home }, [], new DeskApplicant("subject", "样例人", "340102199001011232", null, null), user, now)!;

    private static ClaimsPrincipal Holding(PresenceRequest confirmed, DateTimeOffset until)
    {
        var detail = JsonSerializer.Serialize(new
        {
            type = PresenceRequest.Type,
            transaction = confirmed.Transaction,
            proof = Guid.NewGuid(),
            digest = confirmed.Digest,
            expires_at = until.ToUnixTimeSeconds(),
        });
        return new ClaimsPrincipal(new ClaimsIdentity([new Claim("acr", "urn:yinxin:assurance:advanced"), new Claim("authorization_details", detail)]));
    }
}
