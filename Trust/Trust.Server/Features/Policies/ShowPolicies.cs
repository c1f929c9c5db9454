using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Transparency;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Policies;

/// <summary>
/// GET /policies: what is in force since when, each with the salt of its entry in the log, so that anyone finds the entry and proves it;
/// GET /policies/{name}: the policy itself, to the byte.
/// </summary>
internal static class ShowPolicies
{
    private static readonly Problem Unknown = new("policy.unknown", 404, "没有该策略。", "There is no such policy.");

    public static void Map(WebApplication app)
    {
        app.MapGet("/policies", async (TrustContext database, IDataCipher cipher, CancellationToken cancellationToken) => new
        {
            items = (await database.Set<PolicyRecord>().AsNoTracking().OrderBy(p => p.Name).ToListAsync(cancellationToken)).Select(p => new
            {
                p.Name,
                p.Digest,
                p.Version,
                p.Since,
                salt = Convert.ToHexStringLower(LoggedEvent.Salt(cipher, PolicyJournal.Kind, PolicyJournal.IdOf(p))),
            }),
        });
        app.MapGet("/policies/{**name}", (string name, IReadOnlyList<Policy> policies) => policies.FirstOrDefault(p => p.Name == name) is { } policy
            ? Results.Bytes(policy.Content, "application/json")
            : throw Unknown.Exception());
    }
}
