namespace Yinxin.Sandbox.Data;

/// <summary>Something that changed in a register, in the order in which it happened. 样例数据.</summary>
internal sealed class RegisterChange
{
    /// <summary>Place in the feed.</summary>
    public long Number { get; set; }

    public string Id { get; set; } = "";

    /// <summary><c>population</c>, <c>market</c>, <c>staffing</c> or <c>civil-affairs</c>.</summary>
    public string Authority { get; set; } = "";

    /// <summary><c>deceased</c>, <c>name-changed</c>, <c>dissolved</c>, <c>representative-changed</c>.</summary>
    public string Kind { get; set; } = "";

    public DateTimeOffset At { get; set; }

    public string? IdNumber { get; set; }

    public string? Uscc { get; set; }

    /// <summary>The new name.</summary>
    public string? Name { get; set; }

    /// <summary>The new legal representative.</summary>
    public string? RepresentativeIdNumber { get; set; }
}
