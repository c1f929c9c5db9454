using System.Data.Common;
using Npgsql;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Personal;

/// <summary>Every value of every table, as text: what somebody holds who has copied the database.</summary>
internal static class WholeDatabase
{
    public static async Task<List<(string Where, string Value)>> DumpAsync(IdentityFixture identity)
    {
        await using var connection = identity.Connect();
        await connection.OpenAsync();
        var tables = await ListAsync(connection, connection is NpgsqlConnection
            ? "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            : "SELECT name FROM sqlite_master WHERE type = 'table'");
        List<(string Where, string Value)> values = [];
        foreach (var table in tables)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM \"{table}\"";
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    foreach (var text in Texts(reader.GetValue(i)))
                    {
                        values.Add(($"{table}.{reader.GetName(i)}", text));
                    }
                }
            }
        }

        return values;
    }

    /// <summary>As it stands, and what JSON and base64 hide at first sight.</summary>
    private static IEnumerable<string> Texts(object value)
    {
        var text = value switch
        {
            DBNull => "",
            byte[] bytes => System.Text.Encoding.UTF8.GetString(bytes),
            string[] several => string.Join('\n', several),
            _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "",
        };
        yield return text;
        if (text.Contains("\\u", StringComparison.Ordinal))
        {
            yield return System.Text.RegularExpressions.Regex.Replace(
                text, "\\\\u(?<code>[0-9a-fA-F]{4})", m => ((char)Convert.ToInt32(m.Groups["code"].Value, 16)).ToString(), System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
        }

        var buffer = new byte[text.Length];
        if (text.Length > 8 && Convert.TryFromBase64String(text, buffer, out var written))
        {
            yield return System.Text.Encoding.UTF8.GetString(buffer, 0, written);
        }
    }

    private static async Task<List<string>> ListAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        List<string> names = [];
        while (await reader.ReadAsync())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
