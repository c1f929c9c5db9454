using System.Text;

namespace Yinxin.Seal.Server.Data;

/// <summary>The bytes of an event whose digest the transparency log holds; its random id keeps them from being guessed.</summary>
internal static class SealEvents
{
    public static byte[] Bytes(SealUse use) => Encoding.UTF8.GetBytes($"{use.Id}\n{use.EsId}\n{use.At:yyyy-MM-dd'T'HH:mm:ss'Z'}\n{use.DataHash}\n{use.PdfDigest}");

    public static byte[] Bytes(SealStateEvent change) => Encoding.UTF8.GetBytes($"{change.Id}\n{change.EsId}\n{change.At:yyyy-MM-dd'T'HH:mm:ss'Z'}\n{change.State}");
}
