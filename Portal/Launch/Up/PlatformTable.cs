using System.Globalization;
using Spectre.Console;
using Yinxin.Launch.Platform;

namespace Yinxin.Launch.Up;

/// <summary>What stands on the screen when the platform is ready.</summary>
internal static class PlatformTable
{
    private static readonly Dictionary<string, string> Purposes = new(StringComparer.Ordinal)
    {
        ["web"] = "网上政务服务门户 · citizens' portal",
        ["identity"] = "统一用户认证平台 · accounts, OIDC issuer",
        ["desk"] = "政务服务管理平台 · officials' desk",
        ["payment"] = "统一支付平台 · payment",
        ["license"] = "电子证照 · licences, public verification at /verify",
        ["seal"] = "电子印章 · seals",
        ["trust"] = "证书与时间戳 · certificates, timestamps",
        ["sandbox"] = "模拟外部机构 · outside authorities; SMS codes at /sms",
        ["exchange"] = "共享交换（尚无功能） · exchange (no features yet)",
    };

    public static void Write(RunningPlatform platform, string dataDirectory)
    {
        var description = platform.Description;
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = 160;
        }

        var addresses = new Table().Border(TableBorder.Rounded).AddColumns("应用 app", "地址 address", "用途 purpose");
        foreach (var (name, address) in description.Addresses)
        {
            addresses.AddRow(name, address, Purposes[name]);
        }

        var accounts = new Table().Border(TableBorder.Rounded).AddColumns("样例账户 sample account", "姓名 name", "类型 kind", "等级 level", "角色·单位 roles · organisation");
        foreach (var account in description.Accounts)
        {
            var roles = account.Roles is null ? "" : string.Join(' ', account.Roles) + " · ";
            accounts.AddRow(account.SignInName, Markup.Escape(account.Name), account.Kind, account.Level, Markup.Escape(roles + account.Organisation?.Name));
        }

        AnsiConsole.Write(addresses);
        AnsiConsole.Write(accounts);
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"样例账户密码 password of the sample accounts: [bold]{description.Accounts[0].Password}[/]");
        if (platform.TrustedRootsPath is { } roots)
        {
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"浏览器须信任的根证书 root to trust in browsers: {roots}");
        }

        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{dataDirectory}/platform.json · 就绪 ready in [bold]{platform.StartedIn.TotalSeconds:0.0} s[/] · Ctrl-C 停止 stops");
    }
}
