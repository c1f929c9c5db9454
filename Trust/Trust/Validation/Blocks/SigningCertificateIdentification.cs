using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Blocks;

/// <summary>
/// Identification of the signing certificate (§5.2.3). A signed reference by digest decides; the unsigned name of issuer and serial must then agree with it,
/// because another certificate over the same key would have other rights.
/// </summary>
internal static class SigningCertificateIdentification
{
    public static (BlockResult Result, PathCertificate? Certificate) Run(SignatureUnderValidation signature, ValidationMaterial material, ValidationPolicy policy)
    {
        var block = new BlockRecorder("identification-of-the-signing-certificate", "5.2.3", signature.Id, policy);
        var candidates = signature.Certificates.Concat(material.Certificates).Where(c => signature.Signer is null || signature.Signer.Names(c));
        var named = signature.Signer is null && signature.References.Count == 0 ? signature.Certificates.Take(signature.Certificates.Count == 1 ? 1 : 0) : candidates;
        var certificate = named.FirstOrDefault(c => signature.References.Count == 0 || signature.References[0].Names(c));
        var missing = certificate is null ? Conclusion.Indeterminate(SubIndication.NoSigningCertificateFound, "No certificate at hand is the one that the signature names.") : null;
        block.Check("identification.found", missing, certificate?.Subject.ToString());
        block.Check("identification.reference", signature.References.Count > 0 || signature.BindsCertificate ? null
            : Conclusion.Indeterminate(SubIndication.SigConstraintsFailure, "No signed attribute names the signer's certificate by its digest (RFC 5035)."));
        return (block.Finish(missing), certificate);
    }
}
