using System.Security.Cryptography;

namespace Yinxin.Trust.Suites;

/// <summary>The many ways in which parsers say that bytes are not what they should be; whoever reads strangers' bytes catches exactly these.</summary>
internal static class Malformed
{
    public static bool Is(Exception exception) => exception is ArgumentException or IOException or InvalidCastException or InvalidOperationException or NullReferenceException
        or FormatException or IndexOutOfRangeException or OverflowException or ArithmeticException or Org.BouncyCastle.Asn1.Asn1ParsingException
        or Org.BouncyCastle.Security.GeneralSecurityException or Org.BouncyCastle.Crypto.CryptoException
        && exception is not CryptographicException;
}
