using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Desk;

/// <summary>Files of applicants: what is too large, or not what it is called, is refused and leaves no file.</summary>
public sealed class UploadTests(SqlitePlatform platform) : IClassFixture<SqlitePlatform>
{
    private const long TwoGigabytes = 1L << 31;
    private const int Limit = 50 * 1024 * 1024;

    [Theory]
    [InlineData("note.pdf", "plain text")]
    [InlineData("photo.png", "%PDF-1.7 not a picture")]
    [InlineData("program.exe", "MZ")]
    [InlineData("page.html", "<script>alert(1)</script>")]
    [InlineData("no-extension", "%PDF-1.7")]
    [InlineData("archive.ofd", "PK\u0003\u0004 no archive at all")]
    public async Task A_file_whose_content_is_not_its_extension_is_refused(string name, string content)
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var before = Stored();
        await citizen.UploadAsync(name, Encoding.UTF8.GetBytes(content)).RefusedAsync(HttpStatusCode.UnprocessableEntity, "material.typeMismatch");
        Assert.Equal(before, Stored());
    }

    [Fact]
    public async Task An_archive_is_an_ofd_only_with_its_document_entry()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        await citizen.UploadAsync("plan.ofd", Archive("OFD.xml")).AnswerAsync(HttpStatusCode.Created);
        await citizen.UploadAsync("plan.ofd", Archive("word/document.xml")).RefusedAsync(HttpStatusCode.UnprocessableEntity, "material.typeMismatch");
    }

    [Fact]
    public async Task An_empty_file_is_refused()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        await citizen.UploadAsync("empty.pdf", []).RefusedAsync(HttpStatusCode.BadRequest, "material.noFile");
    }

    [Fact]
    public async Task A_path_in_the_name_is_no_path()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var answer = await citizen.UploadAsync("..\\..\\secrets.pdf", "%PDF-1.7\n%%EOF\n"u8.ToArray()).AnswerAsync(HttpStatusCode.Created);
        Assert.Equal("secrets.pdf", answer.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Two_gigabytes_are_refused_before_they_are_read()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var answer = await SendHeadAsync(citizen, $"Content-Length: {TwoGigabytes.ToString(CultureInfo.InvariantCulture)}", body: null);
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("material.tooLarge", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_without_a_length_is_cut_off_at_the_limit_and_leaves_no_file()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var before = Stored();
        var answer = await SendHeadAsync(citizen, "Transfer-Encoding: chunked", async stream =>
        {
            await ChunkAsync(stream, Encoding.ASCII.GetBytes("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big.pdf\"\r\n\r\n%PDF-1.7\n"));
            var mebibyte = new byte[1024 * 1024];
            for (var sent = 0; sent < Limit + (8 * mebibyte.Length); sent += mebibyte.Length)
            {
                await ChunkAsync(stream, mebibyte);
            }
        });
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("material.tooLarge", answer, StringComparison.Ordinal);
        Assert.Equal(before, Stored());
    }

    private static byte[] Archive(string entry)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            archive.CreateEntry(entry);
        }

        return memory.ToArray();
    }

    private int Stored()
    {
        var directory = Path.Combine(platform.DataDirectory, "desk", "materials");
        return Directory.Exists(directory) ? Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Length : 0;
    }

    private static async Task ChunkAsync(NetworkStream stream, byte[] content)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(content.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
        await stream.WriteAsync(content);
        await stream.WriteAsync("\r\n"u8.ToArray());
    }

    /// <summary>By hand, because a client that behaves would never send this; what comes after the answer is not sent to the end.</summary>
    private static async Task<string> SendHeadAsync(Applicant citizen, string length, Func<NetworkStream, Task>? body)
    {
        var address = citizen.Desk("/api/materials");
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/materials HTTP/1.1\r\nHost: localhost:{address.Port}\r\nAuthorization: {citizen.Http.DefaultRequestHeaders.Authorization}\r\n" +
            $"Content-Type: multipart/form-data; boundary=x\r\n{length}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        var answer = reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        try
        {
            await (body?.Invoke(stream) ?? Task.CompletedTask);
        }
        catch (IOException)
        {
            // The server hung up in the middle, as it should.
        }

        return await answer;
    }
}
