using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>The form of a new mandate: whom, what, how long. A legal representative and an agent who passes a part on fill in the same.</summary>
internal abstract class TermsPage(IOptions<MandateSettings> settings, ITexts texts, TimeProvider time) : PageModel
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);
    private static readonly char[] Separators = ['\r', '\n', ' ', ',', ';', '，', '；', '\t'];

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? IdNumber { get; set; }

    [BindProperty]
    public List<string> Powers { get; set; } = [];

    [BindProperty]
    public string? Seals { get; set; }

    /// <summary><c>all</c>, <c>categories</c>, <c>matters</c>.</summary>
    [BindProperty]
    public string? Reach { get; set; }

    [BindProperty]
    public List<string> Categories { get; set; } = [];

    [BindProperty]
    public string? Codes { get; set; }

    [BindProperty]
    public string? ValidFrom { get; set; }

    [BindProperty]
    public string? ValidTo { get; set; }

    [BindProperty]
    public bool SubDelegate { get; set; }

    /// <summary>The mandate of which a part is passed on; null for a legal representative's own.</summary>
    public Mandate? Held { get; protected set; }

    public string OrganisationName { get; protected set; } = "";

    public int MaximumYears => settings.Value.MaximumYears;

    protected ITexts Texts => texts;

    /// <summary>Today, for a form that is opened.</summary>
    protected void Prefill()
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().ToOffset(Shanghai).DateTime);
        ValidFrom = Day(today);
        ValidTo = Day(today.AddYears(1).AddDays(-1));
        Reach = "all";
        if (Held is { } held)
        {
            Reach = held.Reach.ToString().ToLowerInvariant();
            Categories = held.Reach == MandateReach.Categories ? [.. held.Matters] : [];
            Codes = held.Reach == MandateReach.Matters ? string.Join('\n', held.Matters) : null;
            var last = DateOnly.FromDateTime(held.ValidTo.ToOffset(Shanghai).AddDays(-1).DateTime);
            ValidTo = Day(last < today.AddYears(1).AddDays(-1) ? last : today.AddYears(1).AddDays(-1));
        }
    }

    /// <summary>Reads the form; what is wrong is in <c>ModelState</c> then, and the answer is null.</summary>
    protected (string Name, IdentityNumber Number, MandateTerms Terms)? Read()
    {
        var now = time.GetUtcNow();
        var name = Name?.Trim();
        if (name is not { Length: > 0 and <= 50 } || name.Any(char.IsControl))
        {
            ModelState.AddModelError(nameof(Name), texts.Of("请填写经办人姓名", "Please write the agent's name"));
        }

        if (!Yinxin.ServiceDefaults.Identifiers.IdentityNumber.TryParse(IdNumber, DateOnly.FromDateTime(now.UtcDateTime), out var number))
        {
            ModelState.AddModelError(nameof(IdNumber), texts.Of("身份证号不正确，请核对 18 位号码", "This is not a valid ID number; please check all 18 characters"));
        }

        var from = ParseDay(ValidFrom, nameof(ValidFrom));
        var to = ParseDay(ValidTo, nameof(ValidTo));
        if (from is null || to is null)
        {
            return null;
        }

        var terms = Terms(now, from.Value, to.Value);
        foreach (var error in terms.Errors(now, MaximumYears))
        {
            ModelState.AddModelError(FieldOf(error), MandateWords.Error(texts, error, MaximumYears));
        }

        return ModelState.IsValid ? (name!, number!, terms) : null;
    }

    protected PageResult Refuse(int status)
    {
        Response.StatusCode = status;
        return Page();
    }

    private MandateTerms Terms(DateTimeOffset now, DateOnly from, DateOnly to)
    {
        var reach = Reach switch { "categories" => MandateReach.Categories, "matters" => MandateReach.Matters, _ => MandateReach.All };
        List<string> matters = reach switch
        {
            MandateReach.Categories => [.. Categories.Where(c => !string.IsNullOrEmpty(c)).Distinct(StringComparer.Ordinal)],
            MandateReach.Matters => Lines(Codes),
            _ => [],
        };
        var begins = Midnight(from);
        return new MandateTerms(
            reach, matters, [.. Powers.Distinct(StringComparer.Ordinal)], Powers.Contains(MandatePowers.UseSeal) ? Lines(Seals) : [],

            // From today means from now: a mandate does not reach back.
            begins < now ? Held is { } held && held.ValidFrom > now ? held.ValidFrom : now : begins,
            Midnight(to.AddDays(1)), SubDelegate && Held is null);
    }

    private DateOnly? ParseDay(string? value, string field)
    {
        if (DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 2000 and < 2200)
        {
            return day;
        }

        ModelState.AddModelError(field, texts.Of("请填写日期，如 2027-01-31", "Please write a day, e.g. 2027-01-31"));
        return null;
    }

    private static string FieldOf(TermsError error) => error switch
    {
        TermsError.Powers => nameof(Powers),
        TermsError.Seals => nameof(Seals),
        TermsError.Matters => nameof(Codes),
        _ => nameof(ValidTo),
    };

    private static DateTimeOffset Midnight(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), Shanghai).ToUniversalTime();

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static List<string> Lines(string? text) =>
        [.. (text ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];
}
