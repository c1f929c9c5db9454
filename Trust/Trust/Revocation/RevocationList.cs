using Org.BouncyCastle.Math;

namespace Yinxin.Trust.Revocation;

/// <summary>One entry of a CRL.</summary>
/// <param name="Serial">The certificate's serial number.</param>
/// <param name="At">When it was revoked or put on hold; for a release, when it was released.</param>
/// <param name="Reason"><see cref="RevocationReason.RemoveFromCrl"/> only in a delta.</param>
/// <param name="InvalidityDate">Since when the key is known or suspected to be bad (RFC 5280 §5.3.2).</param>
public sealed record RevocationListEntry(BigInteger Serial, DateTimeOffset At, RevocationReason Reason, DateTimeOffset? InvalidityDate = null);

/// <summary>What goes into one CRL, full or delta (RFC 5280 §5).</summary>
/// <param name="Number">Grows with every list of the scope; a full and a delta list made at the same time share it (§5.2.3).</param>
/// <param name="ThisUpdate">When it is made, UTC; whole seconds are written.</param>
/// <param name="NextUpdate">When the next one is there at the latest.</param>
public sealed record RevocationList(long Number, DateTimeOffset ThisUpdate, DateTimeOffset NextUpdate)
{
    /// <summary>Certificates that expired since then stay on the list, so that it speaks for them too (X.509 expiredCertsOnCRL); null when they leave.</summary>
    public DateTimeOffset? ExpiredSince { get; init; }

    /// <summary>The full list that this one changes; null in a full list (§5.2.4).</summary>
    public long? BaseNumber { get; init; }

    /// <summary>Where the delta of a full list answers (§5.2.6).</summary>
    public Uri? FreshestAddress { get; init; }

    /// <summary>Name of the part of the CA's certificates that this list covers, exactly as those certificates name it; null when it covers them all (§5.2.5).</summary>
    public Uri? DistributionPoint { get; init; }
}
