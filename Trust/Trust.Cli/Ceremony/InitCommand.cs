using System.CommandLine;
using Yinxin.Trust.Ceremonies;
using Yinxin.Trust.Ceremonies.Steps;

namespace Yinxin.Trust.Cli.Ceremony;

/// <summary><c>init</c>: roots of both suites, their CRLs, a share for each custodian.</summary>
internal static class InitCommand
{
    public static Command Create(TimeProvider time)
    {
        var directory = CeremonyCommands.DirectoryOption("新建的仪式目录 / the directory to make; must not be there yet");
        var custodians = CeremonyCommands.Custodians(required: true);
        var threshold = new Option<int>("--threshold") { Required = true, Description = "打开根密钥所需人数 / how many custodians open the roots together" };
        var address = new Option<Uri>("--address") { Required = true, CustomParser = CeremonyCommands.Address, Description = "在线服务器的公开地址 / public base address of the online server, for CRLs and certificates" };
        var organisation = new Option<string>("--organisation") { DefaultValueFactory = _ => "印信（测试）", Description = "根证书的单位名称 / organisation in the roots' names" };
        var name = new Option<string>("--name") { DefaultValueFactory = _ => "印信测试根", Description = "根证书的通用名 / beginning of the roots' common names" };
        var by = CeremonyCommands.By();
        var command = new Command("init", "第一步：生成两套根密钥并分给保管人 / makes the roots of both suites and splits their keys; exit 0 done, 1 refused")
        {
            directory, custodians, threshold, address, organisation, name, by,
        };
        command.SetAction(parsed => CeremonyCommands.Run(parsed, output =>
        {
            var settings = new CeremonySettings(1, parsed.GetRequiredValue(organisation), parsed.GetRequiredValue(name), parsed.GetRequiredValue(address));
            var place = parsed.GetRequiredValue(directory).FullName;
            Beginning.Begin(place, settings, CeremonyCommands.ReadCertificates(parsed.GetRequiredValue(custodians)), parsed.GetRequiredValue(threshold), CeremonyCommands.Present(parsed.GetValue(by)), time);
            using var ceremony = Ceremonies.Ceremony.Open(place, time);
            foreach (var root in ceremony.Roots)
            {
                output.Say($"已生成 {root.Name}，有效期至 {root.Certificate.NotAfter:yyyy-MM-dd}", $"made {root.Name}, valid until {root.Certificate.NotAfter:yyyy-MM-dd}");
            }

            foreach (var custodian in ceremony.Custody.Custodians)
            {
                output.Say($"第 {custodian.Number} 份交给 {custodian.Name}：shares/share-{custodian.Number}.cms.pem", $"share {custodian.Number} goes to {custodian.Name}; then remove it from shares/");
            }

            CeremonyCommands.SayHead(output, ceremony);
        }));
        return command;
    }
}
