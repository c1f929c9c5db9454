using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Authorities;

/// <summary>An outside source of evidence that signs what it answers.</summary>
/// <param name="Section">Its settings: <c>Authorities:{Section}</c>.</param>
/// <param name="Issuer">How it names itself (<c>iss</c>), and the source of evidence from it.</param>
/// <param name="Unavailable">What people are told when it cannot be asked, or when what it says cannot be relied on.</param>
internal sealed record Authority(string Section, string Issuer, Problem Unavailable);
