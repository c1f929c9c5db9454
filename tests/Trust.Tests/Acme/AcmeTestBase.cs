using System.Net;
using System.Text.Json;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Acme;

/// <summary>A node, a client with an account, and a site.</summary>
public abstract class AcmeTestBase(TrustDatabases databases, params (string Key, string Value)[] settings) : IAsyncLifetime
{
    protected AdjustableTime Time { get; } = new();

    private Dictionary<string, string?> database = [];

    protected TrustNode Node { get; private set; } = null!;

    protected AcmePorts Ports { get; private set; } = null!;

    protected TestNames Names { get; private set; } = null!;

    protected ProofServer Proofs { get; private set; } = null!;

    protected AcmeClient Client { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        database = await databases.CreateAsync();
        (Node, Ports, Names) = await AcmeNode.StartAsync(databases, database, Time, settings);
        Proofs = await ProofServer.StartAsync(Ports.Http);
        Client = new AcmeClient(Node.Address);
        await Client.RegisterAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Proofs.DisposeAsync();
        await Node.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Another node on the same database, behind the same public address.</summary>
    protected async Task<TrustNode> SecondNodeAsync() => (await AcmeNode.StartAsync(
        databases, database, Time, [.. settings, ("Addresses:Trust", Node.Address.ToString()), ("Acme:HttpPort", FormattableString.Invariant($"{Ports.Http}"))])).Node;

    /// <summary>Another client with an account of its own.</summary>
    protected async Task<AcmeClient> OtherAsync()
    {
        var other = new AcmeClient(Node.Address);
        Assert.Equal(HttpStatusCode.Created, (await other.RegisterAsync()).StatusCode);
        return other;
    }

    /// <summary>A refusal in ACME's words; a new nonce comes with it.</summary>
    protected static async Task<JsonElement> RefusedAsync(Task<HttpResponseMessage> pending, HttpStatusCode status, string type)
    {
        using var response = await pending;
        var problem = await AcmeClient.BodyAsync(response, status);
        Assert.Equal("urn:ietf:params:acme:error:" + type, problem.GetProperty("type").GetString());
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Single(response.Headers.GetValues("Replay-Nonce"));
        return problem;
    }
}
