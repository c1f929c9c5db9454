namespace Yinxin.Identity.Server.Features.Terms;

/// <summary>A document that people are asked to read, with all its editions, the oldest first.</summary>
internal sealed record LegalDocument(string Path, string Chinese, string English, IReadOnlyList<Edition> Editions)
{
    public static readonly LegalDocument Terms = new("/terms", "服务协议", "Terms of service", [ServiceTerms20261129.Edition]);

    public static readonly LegalDocument Privacy = new("/privacy", "个人信息处理规则", "Rules on personal information", [PrivacyRules20261129.Edition]);

    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    /// <summary>The newest whose day has come; a clock before the first day finds the first.</summary>
    public Edition InForce(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.ToOffset(China).DateTime);
        return Editions.LastOrDefault(e => e.From <= today) ?? Editions[0];
    }

    public Edition? Find(string version) => Editions.FirstOrDefault(e => e.Version == version);
}
