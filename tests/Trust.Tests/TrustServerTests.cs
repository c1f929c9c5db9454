using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Server;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Tests;

/// <summary>The server over HTTP, judged by openssl.</summary>
public sealed class TrustServerTests : IAsyncLifetime
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-trust-");
    private readonly Uri address = new(FormattableString.Invariant($"http://localhost:{FreePort.Next()}"));
    private readonly HttpClient client = new();
    private WebApplication? app;

    public async ValueTask InitializeAsync()
    {
        app = TrustServerApp.Build([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["App:Address"] = address.ToString(),
                ["App:DataDirectory"] = directory.FullName,
                ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["Addresses:Trust"] = address.ToString(),
                ["Trust:Time:TrustSystemClock"] = "true",
            });
            builder.Logging.ClearProviders();
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        // Disposing alone does not wait for the log, which still writes its files.
        await app!.StopAsync();
        await app.DisposeAsync();
        client.Dispose();
        directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData("international")]
    [InlineData("sm")]
    public async Task Openssl_accepts_the_chain_and_refuses_a_changed_one(string suite)
    {
        var root = await SaveAsync($"ca/root-{suite}.cer");
        foreach (var name in new[] { "documents", "organisations", "persons", "seals", "tls", "tsa" })
        {
            var issuing = await SaveAsync($"ca/{name}-{suite}.cer");
            var (code, output) = await VerifyAsync(suite, root, issuing);
            Assert.True(code == 0, output);
        }

        var changed = await File.ReadAllTextAsync(await SaveAsync($"ca/tsa-{suite}.cer", flip: true));
        Assert.NotEmpty(changed);
        var (refused, _) = await VerifyAsync(suite, root, Path.Combine(directory.FullName, $"tsa-{suite}.cer.pem"));
        Assert.NotEqual(0, refused);
    }

    [Fact]
    public async Task Openssl_accepts_the_timestamp_and_refuses_it_for_other_data()
    {
        var data = Path.Combine(directory.FullName, "data");
        var query = Path.Combine(directory.FullName, "query.tsq");
        var reply = Path.Combine(directory.FullName, "reply.tsr");
        await File.WriteAllTextAsync(data, "印信");
        await Judge.RunAsync("openssl", "ts", "-query", "-data", data, "-sha256", "-cert", "-out", query);
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(query));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/timestamp-query");
        using var response = await client.PostAsync(new Uri(address, "tsa"), content);
        await File.WriteAllBytesAsync(reply, await response.Content.ReadAsByteArrayAsync());
        var root = await SaveAsync("ca/root-international.cer");
        var issuing = await SaveAsync("ca/tsa-international.cer");
        var (accepted, output) = await Judge.RunAsync("openssl", "ts", "-verify", "-queryfile", query, "-in", reply, "-CAfile", root, "-untrusted", issuing);
        Assert.True(accepted == 0, output);
        await File.WriteAllTextAsync(data, "印信!");
        var (refused, _) = await Judge.RunAsync("openssl", "ts", "-verify", "-data", data, "-in", reply, "-CAfile", root, "-untrusted", issuing);
        Assert.NotEqual(0, refused);
    }

    [Theory]
    [InlineData(SignatureSuite.International, "tsa")]
    [InlineData(SignatureSuite.Sm, "tsa/sm")]
    public async Task A_timestamp_verifies_with_the_bundle_alone(SignatureSuite suite, string path)
    {
        var token = TimestampToken.Read(await TimestampClient.StampAsync(client, new Uri(address, path), suite, "data"u8.ToArray(), default));
        var bundle = TrustBundle.Parse(await client.GetByteArrayAsync(new Uri(address, "trust-bundle.json")));
        Assert.Equal(Outcome.Passed, Check.Overall(token.Verify("data"u8, ValidationMaterial.Of(AnchorPurposes.Tsa, bundle.AnchorsFor(AnchorPurposes.Tsa, suite), bundle.CertificateCrls))));
        Assert.Equal(Outcome.Failed, Check.Overall(token.Verify("data"u8, ValidationMaterial.Of(AnchorPurposes.Tsa, bundle.AnchorsFor(AnchorPurposes.SealMaker, suite), bundle.CertificateCrls))));
    }

    [Fact]
    public async Task Issuing_without_a_token_is_refused()
    {
        using var response = await client.PostAsync(new Uri(address, "api/certificates"), new StringContent("{}", System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_timestamp_request_of_another_type_is_refused()
    {
        using var response = await client.PostAsync(new Uri(address, "tsa"), new StringContent("x"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Contains("tsa.contentType", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_start_keeps_the_hierarchy()
    {
        var before = await client.GetByteArrayAsync(new Uri(address, "ca/root-sm.cer"));
        // Disposing alone does not wait for the log, which still writes its files.
        await app!.StopAsync();
        await app.DisposeAsync();
        await InitializeAsync();
        Assert.Equal(before, await client.GetByteArrayAsync(new Uri(address, "ca/root-sm.cer")));
    }

    /// <summary>openssl takes an empty SM2 id unless it is told the default one.</summary>
    private static Task<(int ExitCode, string Output)> VerifyAsync(string suite, string root, string certificate) => suite == "sm"
        ? Judge.RunAsync("openssl", "verify", "-vfyopt", "distid:1234567812345678", "-CAfile", root, certificate)
        : Judge.RunAsync("openssl", "verify", "-CAfile", root, certificate);

    private async Task<string> SaveAsync(string path, bool flip = false)
    {
        var der = await client.GetByteArrayAsync(new Uri(address, path));
        if (flip)
        {
            der[^1] ^= 1;
        }

        var file = Path.Combine(directory.FullName, Path.GetFileName(path) + ".pem");
        await File.WriteAllTextAsync(file, new string(System.Security.Cryptography.PemEncoding.Write("CERTIFICATE", der)));
        return file;
    }
}
