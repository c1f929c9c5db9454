using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Certificates;

/// <summary>PKCS#10 certificate requests (RFC 2986; GM/T 0092 for SM2).</summary>
public sealed class CertificateRequest
{
    private const int LargestRequest = 16 * 1024;
    private readonly Pkcs10CertificationRequest request;

    private CertificateRequest(Pkcs10CertificationRequest request) => this.request = request;

    /// <summary>The requested subject.</summary>
    public X509Name Subject => request.GetCertificationRequestInfo().Subject;

    /// <summary>DER SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey => request.GetCertificationRequestInfo().SubjectPublicKeyInfo.GetDerEncoded();

    /// <summary>The subject alternative names of the extension request (RFC 2985 §5.4.2), in their order; empty when it asks for none.</summary>
    public IReadOnlyList<GeneralName> AlternativeNames { get; private init; } = [];

    /// <summary>The suite of the requested key.</summary>
    public SignatureSuite Suite { get; private init; }

    /// <summary>Makes a request and signs it.</summary>
    /// <param name="signer">The key that the certificate is to be for.</param>
    /// <param name="subject">E.g. <c>CN=…</c>, built with <see cref="DistinguishedName"/>.</param>
    /// <returns>DER.</returns>
    public static byte[] Create(ISigner signer, X509Name subject) =>
        new Pkcs10CertificationRequest(new SignatureFactory(signer), subject, PublicKeyFactory.CreateKey(signer.PublicKey.ToArray()), attributes: null).GetDerEncoded();

    /// <summary>Reads a request and checks the proof of possession.</summary>
    /// <exception cref="CryptographicException">Not a request, a key or an algorithm of neither suite, or not signed by its own key.</exception>
    public static CertificateRequest Read(ReadOnlySpan<byte> der)
    {
        if (der.Length > LargestRequest)
        {
            throw new CryptographicException("The certificate request is too large.");
        }

        try
        {
            StrictDer.Demand(der);
            var read = new Pkcs10CertificationRequest(der.ToArray());
            var info = read.GetCertificationRequestInfo();
            var key = info.SubjectPublicKeyInfo.GetDerEncoded();
            var suite = SignatureVerifier.SuiteOf(key) ?? throw new CryptographicException("The requested key belongs to no suite.");
            if (SignatureAlgorithms.Of(read.SignatureAlgorithm)?.Suite() != suite
                || !SignatureVerifier.Verify(key, read.SignatureAlgorithm, info.GetDerEncoded(), read.GetSignatureOctets()))
            {
                throw new CryptographicException("The request is not signed by the key that it names.");
            }

            return new CertificateRequest(read) { Suite = suite, AlternativeNames = NamesOf(read) };
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            throw new CryptographicException("Not a PKCS#10 certificate request.", e);
        }
    }

    private static GeneralName[] NamesOf(Pkcs10CertificationRequest request) =>
        request.GetRequestedExtensions()?.GetExtension(X509Extensions.SubjectAlternativeName) is { } names ? GeneralNames.GetInstance(names.GetParsedValue()).GetNames() : [];
}
