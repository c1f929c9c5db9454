using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Sandbox.Features.Sms;

namespace Yinxin.Sandbox.Pages;

internal sealed class SmsModel(Messages messages) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Phone { get; set; }

    public IReadOnlyList<Message> Messages => [.. messages.Latest(Phone?.Trim()).Take(100)];
}
