using System.CommandLine;
using System.Globalization;
using Yinxin.Trust.Ceremonies;

namespace Yinxin.Trust.Cli.Ceremony;

/// <summary><c>journal</c>: checks and prints the journal.</summary>
internal static class JournalCommand
{
    public static Command Create(TimeProvider time)
    {
        var directory = CeremonyCommands.DirectoryOption();
        var head = new Option<string?>("--head") { Description = "纸上记录的摘要 / the head that was written on paper: finds a journal that was cut" };
        var command = new Command("journal", "检查并打印日志 / checks the journal, its signatures and every file, and prints it; exit 0 whole, 1 not") { directory, head };
        command.SetAction(parsed => CeremonyCommands.Run(parsed, output =>
        {
            using var ceremony = Ceremonies.Ceremony.Open(parsed.GetRequiredValue(directory).FullName, time);
            var journal = ceremony.Journal;
            if (parsed.GetValue(head) is { } paper && journal.Head != paper && journal.Entries.All(e => e.Previous != paper))
            {
                throw new CeremonyException(CeremonyException.Journal, "The journal does not know this head: it was cut, or is another one.", "日志中没有该摘要：日志被截断，或不是同一份。");
            }

            foreach (var entry in journal.Entries)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entry.Number,4} {entry.At:u} {entry.Step,-9} {string.Join(", ", entry.By)}: {string.Join("; ", entry.Details.Select(d => d.Key + "=" + d.Value))}"));
            }

            CeremonyCommands.SayHead(output, ceremony);
        }));
        return command;
    }
}
