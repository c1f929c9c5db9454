using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;
using Yinxin.Launch.Platform;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Refusals;

/// <summary>A whole platform for the tests of bad input.</summary>
public sealed class RefusalPlatform : PlatformFixture;

/// <summary>Bad input at the borders that need no sign-in: refused with a stable code, and nothing is lost.</summary>
public sealed class RefusalTests(RefusalPlatform platform) : IClassFixture<RefusalPlatform>
{
    private static readonly HttpClient Client = new();

    [Fact]
    public async Task A_callback_with_a_wrong_signature_is_refused()
    {
        var body = JsonSerializer.Serialize(new { merchantOrder = "B1", orderNumber = "C1", transactionNumber = "T1", amount = 10.00m, state = "paid" });
        using var response = await CallbackAsync(body, DateTimeOffset.UtcNow, "0000");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("channel.signature", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_callback_that_is_too_old_is_refused_though_its_signature_is_right()
    {
        const string body = "{}";
        var old = DateTimeOffset.UtcNow.AddMinutes(-10);
        using var response = await CallbackAsync(body, old, Sign(body, old));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"merchantOrder\":\"B\",\"transactionNumber\":\"T\",\"amount\":10.009,\"state\":\"paid\"}")]
    [InlineData("{\"merchantOrder\":\"no such bill\",\"transactionNumber\":\"T\",\"amount\":10.00,\"state\":\"paid\"}")]
    [InlineData("not json")]
    public async Task A_signed_callback_that_fits_no_bill_is_refused(string body)
    {
        var now = DateTimeOffset.UtcNow;
        using var response = await CallbackAsync(body, now, Sign(body, now));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Theory]
    [InlineData("license", "/api/verifications", "verification.tooLarge")]
    public async Task A_two_gigabyte_upload_is_refused_before_it_is_read(string app, string path, string code)
    {
        // Only the head is sent: the answer must come without the body.
        var address = new Uri(platform.Address(app));
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: localhost:{address.Port}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 2147483648\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains(code, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("desk", "/api/cases")]
    [InlineData("desk", "/api/materials")]
    [InlineData("payment", "/api/bills")]
    [InlineData("license", "/api/licenses")]
    public async Task An_api_without_a_token_answers_401(string app, string path)
    {
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await Client.PostAsync(new Uri(platform.Address(app) + path), content);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("出版", "出版物零售单位设立审批")]
    [InlineData("社会", "社会保障卡申领")]
    [InlineData("marriage", "结婚登记")]
    public async Task Two_characters_or_an_english_word_find_a_matter(string query, string expected)
    {
        var answer = await Client.GetStringAsync(new Uri($"{platform.Address("desk")}/api/matters?q={Uri.EscapeDataString(query)}"));
        using var document = JsonDocument.Parse(answer);
        Assert.Contains(document.RootElement.GetProperty("items").EnumerateArray(), m => m.GetProperty("name").GetString() == expected);
    }

    private async Task<HttpResponseMessage> CallbackAsync(string body, DateTimeOffset time, string signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, platform.Address("payment") + "/callbacks/sandbox-channel") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Channel-Timestamp", time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-Channel-Signature", signature);
        return await Client.SendAsync(request);
    }

    private string Sign(string body, DateTimeOffset time)
    {
        using var secrets = JsonDocument.Parse(File.ReadAllText(Path.Combine(platform.DataDirectory, "secrets.json")));
        var key = Encoding.UTF8.GetBytes(secrets.RootElement.GetProperty("ChannelSecret").GetString()!);
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(FormattableString.Invariant($"{time.ToUnixTimeSeconds()}.{body}"))));
    }
}
