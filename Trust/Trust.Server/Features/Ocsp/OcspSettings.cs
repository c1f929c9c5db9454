using System.ComponentModel.DataAnnotations;

namespace Yinxin.Trust.Server.Features.Ocsp;

/// <summary>OCSP. Section <c>Trust:Ocsp</c>.</summary>
internal sealed class OcspSettings
{
    public const string Section = "Trust:Ocsp";

    /// <summary>How long an answer may be used: it names this time as its next update. One that is kept is signed anew at half of it.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "7.00:00:00")]
    public TimeSpan Life { get; set; } = TimeSpan.FromHours(12);

    /// <summary>So long before its end a responder's certificate is followed by another, with another key.</summary>
    [Range(typeof(TimeSpan), "2.00:00:00", "20.00:00:00")]
    public TimeSpan Renewal { get; set; } = TimeSpan.FromDays(10);

    /// <summary>Certificates that one request may name.</summary>
    [Range(1, 50)]
    public int MostCertificates { get; set; } = 10;

    /// <summary>Answers that are signed for one address in a minute; kept ones do not count. What is more is told to try later.</summary>
    [Range(1, 1_000_000)]
    public int SignedPerMinute { get; set; } = 3000;

    /// <summary>Certificates whose status and answers are kept in memory, some 2 kB each.</summary>
    [Range(100, 10_000_000)]
    public int Kept { get; set; } = 100_000;
}
