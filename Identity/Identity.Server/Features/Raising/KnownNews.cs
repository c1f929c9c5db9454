namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>What authorities had reported when a check began, for <see cref="StandingAnswers"/>.</summary>
/// <param name="Subjects">Keyed hashes of those whom news may be about: the subject, and who acts for it.</param>
/// <param name="Count">How many changes about them.</param>
internal sealed record KnownNews(List<string> Subjects, int Count);
