using System.Security.Cryptography;
using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.License.Validation;

/// <summary>The CAdES signature of a PDF as the validation engine sees it; its timestamp, too, may have one form only, so that a changed byte shows.</summary>
internal static class PdfSubject
{
    public static SignatureUnderValidation Read(byte[] cms, byte[] digest)
    {
        var subject = CadesReader.Read(cms, DetachedContent.Of(HashFunction.Sha256, digest))[0];
        return subject with { SignatureTimestamps = [.. CadesReader.SignatureTimestampTokens(cms).Zip(subject.SignatureTimestamps, Strict)] };
    }

    private static TimestampUnderValidation Strict(ReadOnlyMemory<byte> token, TimestampUnderValidation timestamp)
    {
        try
        {
            TimestampToken.Read(token.Span);
            return timestamp;
        }
        catch (CryptographicException e)
        {
            return timestamp with { Signature = SignatureUnderValidation.Unreadable(timestamp.Signature.Id, timestamp.Signature.Format, e.Message) };
        }
    }
}
