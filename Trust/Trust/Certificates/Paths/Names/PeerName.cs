using System.Net;

namespace Yinxin.Trust.Certificates.Paths.Names;

/// <summary>What a name of the other side is.</summary>
public enum PeerNameKind
{
    /// <summary>A host name.</summary>
    Dns,

    /// <summary>An IP address in text.</summary>
    Ip,

    /// <summary>A mailbox.</summary>
    Mail,
}

/// <summary>A name that the end certificate must have among its alternative names; its common name never counts (RFC 9525 §2).</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">As the caller writes it.</param>
public sealed record PeerName(PeerNameKind Kind, string Value)
{
    /// <summary>True when one of the alternative names is this name.</summary>
    /// <param name="certificate">The end certificate.</param>
    /// <param name="suffixes">Public suffixes below which no wildcard may stand; null when nobody asks.</param>
    public bool IsOf(PathCertificate certificate, PublicSuffixes? suffixes = null) => Kind switch
    {
        PeerNameKind.Ip => IsAddressOf(certificate),
        PeerNameKind.Mail => certificate.AlternativeNames.Any(n => n.Kind == GeneralNameKind.Mail && Mailboxes.IsMailbox(n.Text) && Mailboxes.IsSame(n.Text, Value)),
        _ => HostNames.IsHostName(Value) && certificate.AlternativeNames.Any(n => n.Kind == GeneralNameKind.Dns && IsHost(n.Text, suffixes)),
    };

    private bool IsAddressOf(PathCertificate certificate)
    {
        if (!IPAddress.TryParse(Value, out var address) || Value.Contains('%', StringComparison.Ordinal)
            || (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && address.ToString() != Value))
        {
            return false;
        }

        var bytes = address.GetAddressBytes();
        return certificate.AlternativeNames.Any(n => n.Kind == GeneralNameKind.Ip && n.Bytes.Span.SequenceEqual(bytes));
    }

    /// <summary>RFC 9525 §6.3: the asterisk is the whole first label and stands for exactly one label, no A-label, with two labels or more to its right.</summary>
    private bool IsHost(string pattern, PublicSuffixes? suffixes)
    {
        if (!HostNames.IsPattern(pattern))
        {
            return false;
        }

        if (!pattern.StartsWith("*.", StringComparison.Ordinal))
        {
            return pattern.Equals(Value, StringComparison.OrdinalIgnoreCase);
        }

        var domain = pattern.AsSpan(2);
        var dot = Value.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && domain.Contains('.') && Value.AsSpan(dot + 1).Equals(domain, StringComparison.OrdinalIgnoreCase)
            && !(suffixes?.IsSuffix(domain.ToString()) ?? false);
    }
}
