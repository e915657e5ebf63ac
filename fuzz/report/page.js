// SPDX-License-Identifier: GPL-2.0-only
//
// What a page can do beyond HTML: filter, copy, unfold for printing, unfold what a link names. It reads
// and writes text only, never markup.
//
// After a change: tests/fuzz/report says the new hash for kScriptHash (page.h).

(function () {
  'use strict';
  var root = document.documentElement;
  root.className += ' script';
  var clusters = Array.prototype.slice.call(document.querySelectorAll('details.cluster'));
  var words = document.getElementById('words');
  var states = Array.prototype.slice.call(document.querySelectorAll('input[name=state]'));
  var shown = document.getElementById('shown');
  var nothing = document.getElementById('nothing');

  function filter() {
    var wanted = words.value.toLowerCase().split(/\s+/);
    var on = {};
    var any = states.some(function (box) { return box.checked; });
    var left = 0;
    states.forEach(function (box) { on[box.value] = box.checked; });
    clusters.forEach(function (cluster) {
      var text = cluster.textContent.toLowerCase();
      var fits = (!any || on[cluster.getAttribute('data-state')]) &&
        wanted.every(function (word) { return text.indexOf(word) >= 0; });
      cluster.hidden = !fits;
      left += fits ? 1 : 0;
    });
    shown.textContent = left + ' of ' + clusters.length;
    nothing.hidden = left > 0 || clusters.length === 0;
  }
  if (words) {
    words.addEventListener('input', filter);
    states.forEach(function (box) { box.addEventListener('change', filter); });
    filter();
  }

  function unfold(open) {
    clusters.forEach(function (cluster) { if (!cluster.hidden) cluster.open = open; });
  }
  var all = document.getElementById('unfold');
  if (all) {
    all.addEventListener('click', function () {
      var open = !clusters.every(function (one) { return one.hidden || one.open; });
      unfold(open);
    });
  }

  function open_named() {
    var named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!named) return;
    if (named.tagName === 'DETAILS') named.open = true;
    named.hidden = false;
    named.scrollIntoView();
  }
  window.addEventListener('hashchange', open_named);
  if (location.hash.length > 1) open_named();

  var folded = [];
  window.addEventListener('beforeprint', function () {
    folded = Array.prototype.slice.call(document.querySelectorAll('details:not([open])'));
    folded.forEach(function (one) { one.open = true; });
  });
  window.addEventListener('afterprint', function () {
    folded.forEach(function (one) { one.open = false; });
  });

  function copied(button, well) {
    button.textContent = well ? 'Copied' : 'Press Ctrl+C';
    setTimeout(function () { button.textContent = 'Copy'; }, 2000);
  }
  Array.prototype.forEach.call(document.querySelectorAll('button.copy'), function (button) {
    button.addEventListener('click', function () {
      var source = document.getElementById(button.getAttribute('data-copies'));
      var range = document.createRange();
      range.selectNodeContents(source);
      var selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      var well = false;
      try { well = document.execCommand('copy'); } catch (error) { well = false; }
      copied(button, well);
    });
  });
})();
