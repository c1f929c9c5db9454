using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>Shown only after the four particulars agreed and a phone was proved: what to do when the number has an account.</summary>
internal sealed class TakenModel : PageModel;
