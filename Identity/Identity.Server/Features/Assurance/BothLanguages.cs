namespace Yinxin.Identity.Server.Features.Assurance;

/// <summary>A sentence for people in an answer of an API, whoever will read it: <c>{"zh": …, "en": …}</c>.</summary>
/// <param name="Zh">Chinese.</param>
/// <param name="En">English.</param>
internal sealed record BothLanguages(string Zh, string En);
