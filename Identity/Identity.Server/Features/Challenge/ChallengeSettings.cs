using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.Challenge;

/// <summary>Section <c>Challenge</c>: from which pressure on a form asks for a proof, and how hard it is. Counted by each node.</summary>
internal sealed class ChallengeSettings
{
    public const string Section = "Challenge";

    /// <summary>Wrong passwords for one name within an hour before the next try asks for a proof; whoever mistypes once or twice never sees it.</summary>
    [Range(1, 1000)]
    public int FailuresPerName { get; set; } = 3;

    /// <summary>Wrong passwords from one address (IPv6: one /64) within an hour.</summary>
    [Range(1, 1_000_000)]
    public int FailuresPerAddress { get; set; } = 20;

    /// <summary>Registrations or recoveries begun for one ID number within an hour.</summary>
    [Range(1, 1000)]
    public int ChecksPerNumber { get; set; } = 3;

    /// <summary>Registrations or recoveries begun from one address within an hour.</summary>
    [Range(1, 1_000_000)]
    public int ChecksPerAddress { get; set; } = 20;

    /// <summary>Text messages asked for to one phone within an hour.</summary>
    [Range(1, 1000)]
    public int MessagesPerPhone { get; set; } = 2;

    /// <summary>Text messages asked for from one address within an hour.</summary>
    [Range(1, 1_000_000)]
    public int MessagesPerAddress { get; set; } = 20;

    /// <summary>Wrong passwords, checks or messages, each for itself, on this node within a minute before everybody's form asks.</summary>
    [Range(1, 1_000_000)]
    public int PerMinute { get; set; } = 1000;

    /// <summary>Rounds of PBKDF2-SHA256 for one try: about a millisecond and a half on an old phone.</summary>
    [Range(1, 100_000)]
    public int Rounds { get; set; } = 1000;

    /// <summary>Tries at most when the pressure is just above the threshold, half of them on average: half a second on an old phone.</summary>
    [Range(1, 100_000)]
    public int Work { get; set; } = 400;

    /// <summary>Tries at most, whatever the pressure: six seconds on an old phone with one worker.</summary>
    [Range(1, 100_000)]
    public int MostWork { get; set; } = 4000;

    /// <summary>Seconds that count in place of the work, just above the threshold. Ten times what the work takes, so that nobody waits to save work.</summary>
    [Range(1, 3600)]
    public int WaitSeconds { get; set; } = 30;

    /// <summary>Seconds at most, whatever the pressure.</summary>
    [Range(1, 3600)]
    public int MostWaitSeconds { get; set; } = 120;

    /// <summary>Minutes that a proof may be shown, counted from the end of the wait: time enough to listen to a page and to type.</summary>
    [Range(1, 60)]
    public int Minutes { get; set; } = 10;
}
