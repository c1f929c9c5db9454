using System.ComponentModel.DataAnnotations;

namespace Yinxin.Trust.Server.Features.Acme;

/// <summary>ACME. Section <c>Acme</c>. Without names and networks nothing can be ordered.</summary>
internal sealed class AcmeSettings
{
    public const string Section = "Acme";

    /// <summary>Names that may be ordered: each stands for itself and for all below it; one without a dot, such as <c>localhost</c>, for itself only.</summary>
    public string[] Names { get; set; } = [];

    /// <summary>Networks (CIDR) in which challenges may be looked at, and whose addresses may be ordered. An address outside is never connected to, whatever a name resolves to.</summary>
    public string[] Networks { get; set; } = [];

    /// <summary>New accounts need a key that <c>POST /api/acme/external-keys</c> gave out (RFC 8555 §7.3.4).</summary>
    public bool ExternalAccountRequired { get; set; }

    /// <summary>Terms that an account must agree to; none by default.</summary>
    public Uri? Terms { get; set; }

    /// <summary>Told in the directory.</summary>
    public Uri? Website { get; set; }

    /// <summary>Where http-01 looks (RFC 8555 §8.3: 80).</summary>
    [Range(1, 65535)]
    public int HttpPort { get; set; } = 80;

    /// <summary>Where tls-alpn-01 looks (RFC 8737 §3: 443).</summary>
    [Range(1, 65535)]
    public int TlsPort { get; set; } = 443;

    /// <summary>How long one look at a challenge may take, redirects included.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan LookTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Looks at a challenge before it counts as failed; the pause between two doubles.</summary>
    [Range(1, 10)]
    public int Looks { get; set; } = 4;

    /// <summary>The first pause.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan LookPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an order can be finalized.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00")]
    public TimeSpan OrderLife { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a nonce can be used.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan NonceLife { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Names in one order.</summary>
    [Range(1, 100)]
    public int NamesInOrder { get; set; } = 50;

    /// <summary>Requests of one address in a minute, on each node.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerMinute { get; set; } = 600;

    /// <summary>The window of the three limits that follow.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(1);

    /// <summary>New accounts of one address in a window.</summary>
    [Range(1, 1_000_000)]
    public int AccountsPerAddress { get; set; } = 20;

    /// <summary>Orders of one account in a window; renewals that name what they replace are not counted.</summary>
    [Range(1, 1_000_000)]
    public int OrdersPerAccount { get; set; } = 300;

    /// <summary>Failed proofs of one name by one account in a window.</summary>
    [Range(1, 1000)]
    public int FailuresPerName { get; set; } = 5;
}
