using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.Web.Components;

namespace Yinxin.Desk.Pages;

/// <summary>Identity's counter verification, called in the officer's name.</summary>
internal sealed class CounterClient(HttpClient client)
{
    public async Task<(HttpStatusCode Status, string? Text)> VerifyAsync(object request, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsJsonAsync("api/counter-verifications", request, cancellationToken);
        var body = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true
            ? await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)
            : default;
        return (response.StatusCode, body.ValueKind == JsonValueKind.Object && body.TryGetProperty("title", out var title) ? title.GetString() : null);
    }
}

internal sealed class CounterModel(CounterClient identity, TimeProvider time, ITexts texts) : PageModel
{
    [BindProperty]
    public string? IdNumber { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Hall { get; set; }

    /// <summary><c>province</c>, <c>city</c>, <c>county</c>; empty: that of the official's post.</summary>
    [BindProperty]
    public string? HallLevel { get; set; }

    public Dictionary<string, string> HallLevels => new(StringComparer.Ordinal)
    {
        [""] = texts.Of("按我的岗位", "As my post says"),
        ["province"] = texts.Of("省级", "Province"),
        ["city"] = texts.Of("市级", "City"),
        ["county"] = texts.Of("县级", "County"),
    };

    [BindProperty]
    public string? Window { get; set; }

    [BindProperty]
    public bool DocumentChecked { get; set; }

    [TempData]
    public string? Done { get; set; }

    public IActionResult OnGet() => User.RequireSignedInUser().HasRole("counter-officer") ? Page() : Forbid();

    public async Task<IActionResult> OnPostAsync()
    {
        if (!User.RequireSignedInUser().HasRole("counter-officer"))
        {
            return Forbid();
        }

        ModelState.Clear();
        if (!IdentityNumber.TryParse(IdNumber, DateOnly.FromDateTime(time.GetUtcNow().DateTime), out var number))
        {
            ModelState.AddModelError(nameof(IdNumber), texts.Of("公民身份号码不正确", "The ID number is not valid"));
        }

        if (string.IsNullOrWhiteSpace(Name))
        {
            ModelState.AddModelError(nameof(Name), texts.Of("请输入姓名", "Enter the name"));
        }

        if (!DocumentChecked)
        {
            ModelState.AddModelError(nameof(DocumentChecked), texts.Of("请先核对证件原件", "Compare the original document first"));
        }

        if (ModelState.ErrorCount == 0)
        {
            var (status, text) = await identity.VerifyAsync(
                new { idNumber = number!.Value, name = Name!.Trim(), hall = Hall, hallLevel = string.IsNullOrEmpty(HallLevel) ? null : HallLevel, window = Window, documentChecked = true }, HttpContext.RequestAborted);
            if ((int)status is >= 200 and < 300)
            {
                Done = number.Masked;
                return RedirectToPage();
            }

            ModelState.AddModelError("", text ?? texts.Of("认证服务暂时不可用，请稍后再试", "Identity is not available; please try again later"));
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }
}
