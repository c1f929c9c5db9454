namespace Yinxin.Sandbox.Data;

/// <summary>Something that changed in a register, in the order in which it happened. 样例数据.</summary>
internal sealed class RegisterChange
{
    /// <summary>Place in the feed.</summary>
    public long Number { get; set; }

    public string Id { get; set; } = "";

    /// <summary>Who tells of it: <c>population</c>, <c>market</c>, <c>staffing</c>, <c>civil-affairs</c>; of an answer taken back whoever gave it.</summary>
    public string Authority { get; set; } = "";

    /// <summary><c>deceased</c>, <c>name-changed</c>, <c>dissolved</c>, <c>representative-changed</c>, <c>withdrawn</c>.</summary>
    public string Kind { get; set; } = "";

    public DateTimeOffset At { get; set; }

    public string? IdNumber { get; set; }

    public string? Uscc { get; set; }

    /// <summary>The new name.</summary>
    public string? Name { get; set; }

    /// <summary>The new legal representative.</summary>
    public string? RepresentativeIdNumber { get; set; }

    /// <summary>Number of the answer that is taken back.</summary>
    public string? Receipt { get; set; }
}
