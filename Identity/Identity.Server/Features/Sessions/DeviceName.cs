namespace Yinxin.Identity.Server.Features.Sessions;

/// <summary>"Chrome · Windows": enough for a person to recognise their own device; the full header is not kept.</summary>
internal static class DeviceName
{
    private static readonly (string Mark, string Name)[] Browsers =
        [("Edg/", "Edge"), ("MicroMessenger", "WeChat"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];

    private static readonly (string Mark, string Name)[] Systems =
        [("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux")];

    public static string? From(string userAgent)
    {
        string?[] parts = [Find(Browsers, userAgent), Find(Systems, userAgent)];
        var text = string.Join(" · ", parts.Where(p => p is not null));
        return text.Length == 0 ? null : text;
    }

    private static string? Find((string Mark, string Name)[] marks, string userAgent) =>
        marks.FirstOrDefault(m => userAgent.Contains(m.Mark, StringComparison.Ordinal)).Name;
}
