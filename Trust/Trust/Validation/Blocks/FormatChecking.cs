using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Blocks;

/// <summary>Format checking (ETSI EN 319 102-1 §5.2.2): the format's reader has looked, this says what follows.</summary>
internal static class FormatChecking
{
    public static BlockResult Run(SignatureUnderValidation signature, ValidationPolicy policy)
    {
        var block = new BlockRecorder("format-checking", "5.2.2", signature.Id, policy);
        var finding = signature.FormatFindings.Count == 0 ? null : Conclusion.Failed(SubIndication.FormatFailure, string.Join(" ", signature.FormatFindings));
        block.Check("format.structure", finding, signature.Format);

        // No level can make an unreadable signature readable.
        return block.Finish(finding);
    }
}
