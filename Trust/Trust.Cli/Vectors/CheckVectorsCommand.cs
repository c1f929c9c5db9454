using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Yinxin.Trust.Cli.Vectors;

/// <summary><c>check-vectors FILE.json</c>: says of each signature in a file of Wycheproof's format whether this library accepts it.</summary>
internal static class CheckVectorsCommand
{
    private const int Agree = 0;
    private const int Disagree = 1;
    private const int CannotRead = 2;

    private static readonly JsonSerializerOptions OneLine = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "A file in Wycheproof's format: ECDSA, EdDSA, RSA, DSA, JWS, or SM2 in the shape of ecdsa_verify." };
        var command = new Command("check-vectors", "Verifies published test vectors: one JSON line a test; exit 0 all as the file says, 1 some not, 2 cannot read the file.") { file };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(file), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(FileInfo file, TextWriter output, TextWriter errors)
    {
        try
        {
            using var vectors = VectorFile.Open(file);
            var exit = Agree;
            foreach (var result in vectors.Check())
            {
                output.WriteLine(JsonSerializer.Serialize(new { result.TcId, result = Name(result.Verdict.Accepted), result.Verdict.Why }, OneLine));
                if (!result.Agrees)
                {
                    exit = Disagree;
                    errors.WriteLine($"test {result.TcId}: the file says {result.Expected}, we say {Name(result.Verdict.Accepted)}");
                }
            }

            output.Flush();
            return exit;
        }
        catch (VectorException e)
        {
            output.Flush();
            errors.WriteLine($"{file.Name}: {e.Message}");
            return CannotRead;
        }
    }

    private static string Name(bool? accepted) => accepted switch { true => "accepted", false => "rejected", null => "skipped" };
}
