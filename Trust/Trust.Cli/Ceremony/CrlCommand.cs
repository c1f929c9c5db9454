using System.CommandLine;
using Yinxin.Trust.Ceremonies;
using Yinxin.Trust.Ceremonies.Steps;

namespace Yinxin.Trust.Cli.Ceremony;

/// <summary><c>crl</c>: new CRLs of the roots, with or without a revocation.</summary>
internal static class CrlCommand
{
    private const int LongestLife = 400;

    public static Command Create(TimeProvider time)
    {
        var directory = CeremonyCommands.DirectoryOption();
        var revoke = new Option<string?>("--revoke") { Description = "要吊销的证书名，如 documents-sm / name of a certificate to revoke" };
        var reason = new Option<int>("--reason") { Description = "RFC 5280 §5.3.1，0–5" };
        var days = new Option<int>("--days") { DefaultValueFactory = _ => (int)Beginning.CrlLife.TotalDays, Description = "有效天数 / days until the next CRL must be there" };
        var shares = CeremonyCommands.Shares();
        var by = CeremonyCommands.By();
        var command = new Command("crl", "签发根的吊销列表 / new CRLs of the roots; exit 0 done, 1 refused") { directory, revoke, reason, days, shares, by };
        command.SetAction(parsed => CeremonyCommands.Run(parsed, output => CeremonyCommands.Sit(
            output, time, (parsed.GetRequiredValue(directory), parsed.GetRequiredValue(shares), parsed.GetValue(by)),
            (ceremony, sitting) =>
            {
                if (parsed.GetValue(days) is < 1 or > LongestLife)
                {
                    throw new CeremonyException(CeremonyException.Request, $"--days must be 1 to {LongestLife}.", $"--days 须为 1 至 {LongestLife}。");
                }

                if (parsed.GetValue(revoke) is { } name)
                {
                    RootLists.Revoke(ceremony, sitting, name, parsed.GetValue(reason));
                }

                RootLists.RenewCrls(sitting, TimeSpan.FromDays(parsed.GetValue(days)));
            })));
        return command;
    }
}
