using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Yinxin.Desk.Data;
using Yinxin.Identity.Client.Mandates;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Desk.Features.Materials;

/// <summary>POST /api/materials: streams one file to the store; too much or something else than it says it is leaves nothing behind.</summary>
internal static class Materials
{
    private const long Largest = 50L * 1024 * 1024;
    private const int HeadLength = 16;
    private static readonly Problem TooLarge = new("material.tooLarge", 413, "文件超过 50 MB。", "The file is larger than 50 MB.");
    private static readonly Problem NoFile = new("material.noFile", 400, "请选择文件。", "Choose a file.");
    private static readonly Problem WrongType = new("material.typeMismatch", 422, "文件内容与扩展名不符，或不是 PDF、JPG、PNG、OFD。", "The file's content is not what its name says, or it is no PDF, JPG, PNG or OFD.");

    public static void Map(WebApplication app) => app.MapPost("/api/materials", UploadAsync).RequireAuthorization(ApiTokens.Scope("case.apply")).RequirePower(ActingPower.Apply).DisableAntiforgery();

    public static string PathOf(AppSettings settings, Guid id) => Path.Combine(settings.DataDirectory, "materials", id.ToString("N")[^2..], id.ToString("N"));

    private static async Task<IResult> UploadAsync(HttpContext http, DeskContext database, IOptions<AppSettings> settings, TimeProvider time)
    {
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = Largest + (64 * 1024);
        if (http.Request.ContentLength > Largest + (64 * 1024))
        {
            throw TooLarge.Exception();
        }

        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 100 } boundary)
        {
            throw NoFile.Exception();
        }

        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var path = PathOf(settings.Value, id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        try
        {
            var (name, size, sha256, head) = await ReceiveAsync(new MultipartReader(boundary, http.Request.Body) { BodyLengthLimit = Largest }, temporary, http.RequestAborted);
            var kind = FileKinds.Sniff(head);
            if (kind is not { } known || (known.ContentType == FileKinds.Ofd && !FileKinds.IsOfd(temporary)) || !known.Extensions.Contains(Path.GetExtension(name).ToLowerInvariant(), StringComparer.Ordinal))
            {
                throw WrongType.Exception();
            }

            var user = http.User.RequireSignedInUser();
            var material = new MaterialRecord
            {
                Id = id,
                Subject = user.Subject,
                Organisation = user.ActingFor?.Organisation.Uscc,
                Name = name,
                ContentType = known.ContentType,
                Size = size,
                Sha256 = sha256,
                UploadedAt = now,
            };
            database.Materials.Add(material);
            File.Move(temporary, path);
            try
            {
                await database.SaveChangesAsync(http.RequestAborted);
            }
            catch
            {
                // Without its row nobody could ever find or delete the file.
                File.Delete(path);
                throw;
            }

            return Results.Created($"/api/materials/{id}", new { materialId = id, material.Name, material.Size, material.Sha256, material.ContentType });
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            throw TooLarge.Exception();
        }
        catch (IOException e) when (e is not BadHttpRequestException && !http.RequestAborted.IsCancellationRequested && e.Message.Contains("end of Stream", StringComparison.OrdinalIgnoreCase))
        {
            throw NoFile.Exception();
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static async Task<(string Name, long Size, string Sha256, byte[] Head)> ReceiveAsync(MultipartReader reader, string path, CancellationToken cancellationToken)
    {
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            if (section.GetContentDispositionHeader() is not { } disposition || !disposition.IsFileDisposition())
            {
                continue;
            }

            var name = Path.GetFileName((disposition.FileNameStar.Value ?? disposition.FileName.Value ?? "").Replace('\\', '/').Trim('"'));
            if (name.Length is 0 or > 200 || name.Any(char.IsControl))
            {
                throw NoFile.Exception();
            }

            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[81920];
            var head = new List<byte>();
            int read;
            while ((read = await section.Body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                head.AddRange(buffer.Take(Math.Min(read, HeadLength - head.Count)));
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            return file.Length == 0 ? throw NoFile.Exception() : (name, file.Length, Convert.ToHexStringLower(hash.GetHashAndReset()), head.ToArray());
        }

        throw NoFile.Exception();
    }
}
