// A person in Firefox makes a token, tries it, finds it and disables it; what was seen, as JSON.
// node firefox.mjs PROGRAM ADDRESS EMAIL PASSWORD FOLDER_FOR_PICTURES
import puppeteer from "puppeteer-core";

const [program, address, email, password, folder] = process.argv.slice(2);
const browser = await puppeteer.launch({ browser: "firefox", executablePath: program });
const page = await browser.newPage();
page.setDefaultTimeout(20_000);
await page.setViewport({ width: 1280, height: 820 });

const seen = { steps: [], errors: [] };
page.on("pageerror", (error) => seen.errors.push(String(error)));
page.on("console", (message) => {
  if (["error", "warn"].includes(message.type())) seen.errors.push(message.text());
});
await page.evaluateOnNewDocument(() => {
  window.violations = [];
  document.addEventListener("securitypolicyviolation", ({ violatedDirective }) =>
    window.violations.push(violatedDirective),
  );
});

const text = (selector) => page.$eval(selector, (each) => each.innerText.trim().replace(/\s+/g, " "));
const visible = (selector) => page.waitForSelector(selector, { visible: true });
const press = (selector) => page.locator(selector).click();
const picture = (name) => page.screenshot({ path: `${folder}/firefox-${name}.png` });
async function step(number) {
  await visible(`#wizard .steps li:nth-child(${number}).current`);
  seen.steps.push(await text("#step-title"));
  await picture(`step-${number}`);
}

try {
  await page.goto(`${address}/sign-in`);
  await page.type("#f-email", email);
  await page.type("#f-password", password);
  await page.keyboard.press("Enter");
  await visible("#grid tbody tr");
  await picture("grid");

  await press("#add");
  await visible("#wizard:modal");
  await page.type("#f-name", "Robot of Firefox");
  await step(1);
  await page.keyboard.press("Enter");
  await visible(".module-rows input");
  await press(".module-rows input");
  await step(2);
  await press("#wizard-next");
  await step(3);
  await press("#wizard-next");
  await visible("#secret-value");
  await step(4);
  seen.masked = await page.$eval("#secret-value", (field) => field.type === "password");
  await press("[data-unmask]");
  seen.secret = await page.$eval("#secret-value", (field) => field.value);
  await press("#try");
  await visible(".tried");
  seen.tried = await text(".tried");
  await press("#wizard [data-closes]");
  await page.waitForSelector("#wizard", { hidden: true });
  // The list comes anew when the wizard closes; what is typed before that is lost.
  await page.waitForFunction(() => document.querySelector("#grid")?.innerText.includes("Robot of Fire"));

  await page.type("main [type=search]", "Robot of Fire");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelectorAll("#grid tbody tr").length === 1);
  await press("#grid tbody tr th a");
  await visible("#token-menu");
  await press("#token-menu");
  await press(":popover-open a[href$=disable]");
  await visible("#dialog:modal");
  await picture("disable");
  await press("#dialog-do");
  await page.waitForSelector("#dialog", { hidden: true });
  await page.waitForFunction(() => document.querySelector("main .badge")?.innerText === "Disabled");
  seen.state = await text("main .badge");
  await picture("token");
  seen.violations = await page.evaluate(() => window.violations);
} catch (error) {
  await picture("failed");
  throw error;
} finally {
  console.log(JSON.stringify(seen));
  await browser.close();
}
