using System.Text.RegularExpressions;
using Yinxin.Identity.Server.Features.Clients;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>
/// For which cities a client may hand users over (<see cref="ClientSettings.ImportSources"/>); without an entry for none. By the configuration alone and not by the clients in the database:
/// one that was taken out of it hands nobody over.
/// </summary>
internal sealed partial class ImportSources(IConfiguration configuration)
{
    private readonly ILookup<string, string> sources = (configuration.GetSection(ClientSettings.Section).Get<List<ClientSettings>>() ?? [])
        .SelectMany(client => client.ImportSources.Select(source => (client.ClientId, Source: source))).ToLookup(c => c.ClientId, c => c.Source, StringComparer.Ordinal);

    public static bool IsName(string? source) => source is not null && Name().IsMatch(source);

    public bool May(string client, string source) => sources[client].Contains(source, StringComparer.Ordinal);

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?\\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
