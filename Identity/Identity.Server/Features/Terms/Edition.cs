using System.Globalization;

namespace Yinxin.Identity.Server.Features.Terms;

/// <summary>A page where one can do what a point says.</summary>
internal sealed record PointLink(string Href, string Chinese, string English);

/// <summary>One point of a chapter.</summary>
internal sealed record Point(string Chinese, string English, PointLink? Link = null);

internal sealed record Chapter(string Chinese, string English, IReadOnlyList<Point> Points);

/// <summary>
/// One edition of a document, in a file of its own. What people agreed to is never changed afterwards: another text, or another figure, is another edition with a later day.
/// </summary>
/// <param name="From">The day, in China, from which it is in force; names the edition.</param>
/// <param name="Chinese">What is new about it.</param>
/// <param name="English">The same in English.</param>
/// <param name="Chapters">The text.</param>
internal sealed record Edition(DateOnly From, string Chinese, string English, IReadOnlyList<Chapter> Chapters)
{
    public string Version { get; } = From.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
