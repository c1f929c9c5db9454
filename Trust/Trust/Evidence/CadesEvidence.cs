using System.Security.Cryptography;
using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Evidence;

/// <summary>Evidence records over a CMS or CAdES signature, over the signature with its content as one group, or over the content alone.</summary>
public static class CadesEvidence
{
    /// <summary>Reads a record that lies beside a signature. Over the content alone it proves nothing of the signature.</summary>
    /// <param name="record">DER EvidenceRecord.</param>
    /// <param name="id">For reports.</param>
    /// <param name="cms">The signature's file as it was when the record was made: the record is over these bytes.</param>
    /// <param name="content">The content where it lies outside; null where it lies inside.</param>
    public static EvidenceRecordUnderValidation Read(ReadOnlySpan<byte> record, string id, byte[] cms, byte[]? content)
    {
        var signature = new EvidenceCandidate([EvidenceDocument.Of(cms)], Material(cms));
        if (content is null)
        {
            return EvidenceRecordReader.Read(record, id, [signature]);
        }

        var outside = new EvidenceCandidate([EvidenceDocument.Of(content)], [EvidenceKey.Of(content)]);
        var both = new EvidenceCandidate([.. signature.Documents, .. outside.Documents], [.. signature.Proves, .. outside.Proves]);
        return EvidenceRecordReader.Read(record, id, [both, signature, outside]);
    }

    private static IReadOnlyList<EvidenceKey> Material(byte[] cms)
    {
        try
        {
            return [.. CadesMaterial.All(cms).Distinct()];
        }
        catch (Exception e) when (e is CryptographicException || Malformed.Is(e))
        {
            // Of a signature that cannot be read nothing needs to be proved; the engine says so.
            return [];
        }
    }
}
