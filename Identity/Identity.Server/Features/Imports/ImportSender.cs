using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>Who sends or asks: an official, by the key of the account, or a service, by its client.</summary>
internal sealed record ImportSender(string Key, bool IsService)
{
    /// <summary>The client whose imports alone are shown; null for an official, who sees all.</summary>
    public string? OnlyOf => IsService ? Key : null;

    public bool MayResume(Import import) => !IsService || import.StartedBy == Key;
}
