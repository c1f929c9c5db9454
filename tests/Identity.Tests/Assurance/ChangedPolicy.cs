using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>The policy in force says something else while this lives, changed underneath: for a fixture of the suite's own, since all of its server goes by it.</summary>
internal sealed class ChangedPolicy : IAsyncDisposable
{
    private const string InForce = "\"ActivatedAt\" IS NOT NULL AND \"RetiredAt\" IS NULL";
    private readonly IdentityFixture identity;
    private readonly string former;

    private ChangedPolicy(IdentityFixture identity, string former)
    {
        this.identity = identity;
        this.former = former;
    }

    public static async Task<ChangedPolicy> OfAsync(IdentityFixture identity, Action<JsonObject> change)
    {
        var former = await identity.ReadAsync($"SELECT \"Document\" FROM \"AssurancePolicyVersions\" WHERE {InForce}");
        var document = JsonNode.Parse(former)!.AsObject();
        change(document);
        await WriteAsync(identity, document.ToJsonString());
        return new ChangedPolicy(identity, former);
    }

    public async ValueTask DisposeAsync() => await WriteAsync(identity, former);

    /// <summary>The server knows a version by its number and would not read it again.</summary>
    private static async Task WriteAsync(IdentityFixture identity, string document)
    {
        await identity.ExecuteAsync(
            $"UPDATE \"AssurancePolicyVersions\" SET \"Document\" = '{document.Replace("'", "''", StringComparison.Ordinal)}', \"Digest\" = '{AssurancePolicies.DigestOf(document)}' WHERE {InForce}");
        identity.Services.GetRequiredService<AssurancePolicies>().Forget();
    }
}
