using System.Text;

namespace Yinxin.License.Server.Data;

/// <summary>What the law makes of a licence after it was issued; expiry is none of them, it follows from the dates.</summary>
internal static class LicenseStates
{
    public const string Valid = "Valid";

    /// <summary>暂停: for a time, by the issuing authority.</summary>
    public const string Suspended = "Suspended";

    /// <summary>暂扣: for a time, as a punishment.</summary>
    public const string Withheld = "Withheld";

    /// <summary>撤销: it should not have been granted.</summary>
    public const string Rescinded = "Rescinded";

    /// <summary>吊销: taken away as a punishment.</summary>
    public const string Revoked = "Revoked";

    /// <summary>注销: formally ended.</summary>
    public const string Cancelled = "Cancelled";
}

/// <summary>One change of a licence's state; never updated.</summary>
internal sealed class LicenseStateEvent
{
    public Guid Id { get; set; }

    public string Identifier { get; set; } = "";

    /// <summary>One of <see cref="LicenseStates"/>.</summary>
    public string State { get; set; } = "";

    public string Reason { get; set; } = "";

    /// <summary>Law and article, or the number of the decision.</summary>
    public string? LegalGround { get; set; }

    /// <summary>The client that ordered it.</summary>
    public string Actor { get; set; } = "";

    public DateTimeOffset At { get; set; }

    /// <summary>What the transparency log holds the digest of; the owner can make it anew from the history.</summary>
    public byte[] Bytes() => Encoding.UTF8.GetBytes($"{Id}\n{Identifier}\n{At:yyyy-MM-dd'T'HH:mm:ss'Z'}\n{State}");
}
