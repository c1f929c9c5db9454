using System.CommandLine;
using Yinxin.Trust.Ceremonies;
using Yinxin.Trust.Ceremonies.Steps;
using Yinxin.Trust.Keys.Software;

namespace Yinxin.Trust.Cli.Ceremony;

/// <summary><c>export-bundle</c>: what verifiers trust, out of the public files alone.</summary>
internal static class ExportBundleCommand
{
    public static Command Create(TimeProvider time)
    {
        var directory = CeremonyCommands.DirectoryOption();
        var place = new Option<FileInfo>("--out") { Required = true, Description = "trust-bundle.json" };
        var status = new Option<Uri?>("--license-status") { CustomParser = CeremonyCommands.Address, Description = "证照状态服务地址 / base address of the licence status service" };
        var command = new Command("export-bundle", "导出信任包，无需份额 / writes the trust bundle for verifiers; no share is needed; exit 0 done, 1 refused") { directory, place, status };
        command.SetAction(parsed => CeremonyCommands.Run(parsed, output =>
        {
            var file = parsed.GetRequiredValue(place);
            if (file.Exists)
            {
                throw new CeremonyException(CeremonyException.Exists, $"{file.Name} is there already; nothing is overwritten.", $"{file.Name} 已存在，不会覆盖。");
            }

            using var ceremony = Ceremonies.Ceremony.Open(parsed.GetRequiredValue(directory).FullName, time);
            var bundle = BundleExport.Make(ceremony, parsed.GetValue(status));
            PrivateFiles.Write(file.FullName, bundle.ToJson());
            output.Say($"信任包含 {bundle.Anchors.Count} 个信任锚", $"the bundle holds {bundle.Anchors.Count} anchors");
        }));
        return command;
    }
}
