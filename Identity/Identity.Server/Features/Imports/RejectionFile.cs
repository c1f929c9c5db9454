using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>The whole report of an import for a spreadsheet, streamed.</summary>
internal static class RejectionFile
{
    public static IResult Of(IdentityContext database, Guid id, CancellationToken cancellationToken) => Results.Stream(
        async body =>
        {
            await using var text = new StreamWriter(body, leaveOpen: true);
            await text.WriteAsync("row,code,field\r\n");
            await foreach (var r in database.ImportRejections.AsNoTracking().Where(x => x.ImportId == id).OrderBy(x => x.Row).AsAsyncEnumerable().WithCancellation(cancellationToken))
            {
                // Codes are ours and member names plain words: nothing that CSV would have to quote, or that a spreadsheet would run.
                await text.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{r.Row},{r.Code},{r.Field}\r\n"));
            }
        },
        "text/csv; charset=utf-8",
        $"rejections-{id}.csv");
}
