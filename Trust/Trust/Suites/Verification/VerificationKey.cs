using System.Security.Cryptography;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>A public key, parsed and checked. Belongs to one thread: what it keeps is not made for two at once.</summary>
internal abstract class VerificationKey : IDisposable
{
    /// <summary>False for a signature that is wrong, malformed, or of a scheme that this key is not for.</summary>
    public abstract bool Verify(SignatureScheme scheme, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);

    public void Dispose() => Release();

    /// <exception cref="CryptographicException">Malformed, of an unknown kind, or not a valid key of its kind.</exception>
    public static VerificationKey Read(ReadOnlySpan<byte> spki)
    {
        var info = PublicKeyInfo.Read(spki);
        try
        {
            return info.Algorithm switch
            {
                PublicKeyInfo.Ec when info.NamedCurve() == SuiteIdentifiers.Sm2Curve.Id => new Sm2Key(info),
                PublicKeyInfo.Ec => new EcKey(info),
                PublicKeyInfo.Rsa or PublicKeyInfo.RsaPss => new RsaKey(info),
                PublicKeyInfo.Ed25519 or PublicKeyInfo.Ed448 => new EdwardsKey(info),
                PublicKeyInfo.Dsa => new DsaKey(info),
                PublicKeyInfo.MlDsa44 or PublicKeyInfo.MlDsa65 or PublicKeyInfo.MlDsa87 => new MlDsaKey(info),
                _ => throw new CryptographicException($"Keys of {info.Algorithm} are not known."),
            };
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            throw new CryptographicException("The public key is malformed.", e);
        }
    }

    /// <summary>Gives back what the platform holds for this key.</summary>
    protected virtual void Release()
    {
    }
}
