namespace Yinxin.Seal.Server.Data;

/// <summary>The states of a seal, as they are stored.</summary>
internal static class SealStates
{
    public const string Active = "Active";
    public const string Suspended = "Suspended";

    /// <summary>For good (销毁); its owner may have another made.</summary>
    public const string Destroyed = "Destroyed";
}
